package whorl.rules.logsource;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.match.DerivedField;
import whorl.rules.match.Field;
import whorl.rules.match.Fields;
import whorl.rules.match.RequiredTexts;

/** What comes after the last dot of a request's path, such as {@code jsp}; absent without a dot. */
final class PathExtension extends DerivedField {
  static final PathExtension OF_REQUEST = new PathExtension();

  private static final int PATH = EventType.HTTP_REQUEST.indexOf("path");
  private static final Field PATH_FIELD = Fields.own(EventType.HTTP_REQUEST, "path");

  private PathExtension() {}

  @Override
  public @Nullable String value(AgentEvent event) {
    if (!(event.value(PATH) instanceof String path)) {
      return null;
    }
    int dot = path.lastIndexOf('.');
    return dot < 0 || dot < path.lastIndexOf('/') ? null : path.substring(dot + 1);
  }

  @Override
  public RequiredTexts required(List<String> texts) {
    return RequiredTexts.of(PATH_FIELD, texts);
  }
}
