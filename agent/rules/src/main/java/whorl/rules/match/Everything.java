package whorl.rules.match;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/** Several fields in one: a test passes if one of them passes it. */
final class Everything implements Field {
  private final Field[] fields;

  private Everything(List<Field> fields) {
    this.fields = fields.toArray(new Field[0]);
  }

  static Everything of(Collection<Field> all) {
    List<Field> searched = new ArrayList<>();
    for (Field field : all) {
      if (Fields.isSearched(field)) {
        searched.add(field);
      }
    }
    return new Everything(searched);
  }

  @Override
  public Field forType(EventType type) {
    List<Field> fieldsOfType = new ArrayList<>();
    for (Field field : fields) {
      Field fieldOfType = field.forType(type);
      if (fieldOfType != null) {
        fieldsOfType.add(fieldOfType);
      }
    }
    return new Everything(fieldsOfType);
  }

  @Override
  public @Nullable RequiredTexts required(List<String> texts) {
    List<@Nullable RequiredTexts> required = new ArrayList<>();
    for (Field field : fields) {
      required.add(field.required(texts));
    }
    return RequiredTexts.either(required);
  }

  @Override
  public boolean any(MatchedEvent matchedEvent, ValueTest test) {
    for (Field field : fields) {
      if (field.any(matchedEvent, test)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isPresent(MatchedEvent matchedEvent) {
    return true;
  }

  @Override
  public boolean isValue() {
    return false;
  }

  @Override
  public long cost() {
    return fields.length;
  }
}
