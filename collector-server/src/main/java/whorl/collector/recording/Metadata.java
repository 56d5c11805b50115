package whorl.collector.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chunk's types, from its metadata event ({@code jdk.jfr.internal.MetadataWriter}):
 *
 * <pre>
 * int    size of the event             long  type, 0
 * long   start   long  duration        long  number of the metadata
 * int    number of texts; texts in the format of {@link Texts}
 * element: int name; int number of attributes; int name, int value of each; int number of
 *          children; children. Names and values are indexes of texts
 *
 * root > metadata > class id name superType simpleType
 *                     > annotation class value
 *                     > field name class dimension constantPool
 *                         > annotation class value
 * </pre>
 */
final class Metadata {
  static final long TYPE = 0;

  private static final int BYTES_MAX = 16 << 20;
  private static final int TEXTS_MAX = 200_000;
  private static final int ELEMENTS_MAX = 200_000;
  private static final int ATTRIBUTES_MAX = 600_000;

  /** For all names together; a text that several names share counts for each of them. */
  private static final int NAMES_MAX_CHARS = 4 << 20;

  /** The name of a type without one; only damaged or forged metadata has such a type. */
  private static final String UNNAMED = "unnamed";

  /** The first one is the type of fields whose own type is missing. */
  private final List<Type> types = new ArrayList<>(List.of(new Type(0, "", null, false)));

  private final LongTable numbers = new LongTable();
  private int nameChars;

  private Metadata() {}

  /**
   * Reads the metadata event at the input's position.
   *
   * @param input limited to the end of the event
   */
  static Metadata read(Input input) throws DamagedRecordingException {
    if (input.remaining() > BYTES_MAX) {
      throw new DamagedRecordingException("its metadata is longer than " + BYTES_MAX + " bytes");
    }
    input.readInt(); // size
    for (int i = 0; i < 4; i++) { // type, start, duration, number
      input.readLong();
    }
    String[] texts = texts(input);
    Element root = Element.read(input, texts, new Element.Limits(ELEMENTS_MAX, ATTRIBUTES_MAX), 0);
    Metadata metadata = new Metadata();
    for (Element element : root.children()) {
      if (element.name().equals("metadata")) {
        metadata.types(element);
        return metadata;
      }
    }
    throw new DamagedRecordingException("its metadata has no types");
  }

  /** The number of types; every type's number is less than this. */
  int size() {
    return types.size();
  }

  /** The type with this id; null if there is none. */
  @Nullable Type type(long id) {
    int number = numbers.get(id);
    return number == 0 ? null : types.get(number - 1);
  }

  private static String[] texts(Input input) throws DamagedRecordingException {
    int count = input.readCount();
    if (count > TEXTS_MAX) {
      throw new DamagedRecordingException(
          "its metadata has " + count + " texts; " + TEXTS_MAX + " are the most that can be kept");
    }
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      byte[] text = Texts.read(input, input.readByte());
      texts[i] = text == null ? "" : new String(text, StandardCharsets.UTF_8);
    }
    return texts;
  }

  private void types(Element metadata) throws DamagedRecordingException {
    Map<Type, Element> elements = new HashMap<>();
    for (Element element : metadata.children()) {
      if (element.name().equals("class")) {
        Type type =
            new Type(
                types.size(),
                typeName(element),
                element.attribute("superType"),
                element.attribute("simpleType") != null);
        types.add(type);
        numbers.put(element.number("id", -1), types.size());
        elements.put(type, element);
      }
    }
    for (Type type : types.subList(1, types.size())) {
      define(type, elements.get(type));
    }
    for (Type type : types) {
      type.fields().forEach(Field::resolveKind);
    }
  }

  private void define(Type type, @Nullable Element element) throws DamagedRecordingException {
    if (element == null) {
      return;
    }
    for (Element child : element.children()) {
      if (child.name().equals("field")) {
        type.add(field(child));
      } else if (child.name().equals("annotation") && isOf(child, "jdk.jfr.Label")) {
        String label = child.attribute("value");
        if (label != null && type.label() == null) {
          type.label(name(label));
        }
      }
    }
  }

  private Field field(Element element) throws DamagedRecordingException {
    String name = name(element.attribute("name"));
    Type type = type(element.number("class", -1));
    return new Field(
        name,
        type == null ? types.get(0) : type,
        element.number("dimension", 0) > 0,
        element.attribute("constantPool") != null,
        time(element));
  }

  private String typeName(Element element) throws DamagedRecordingException {
    String name = name(element.attribute("name"));
    return name.isEmpty() ? UNNAMED : name;
  }

  private String name(@Nullable String text) throws DamagedRecordingException {
    String name = textOr(text, "");
    nameChars += name.length();
    if (nameChars < 0 || nameChars > NAMES_MAX_CHARS) {
      throw new DamagedRecordingException("its metadata has too long names");
    }
    return name;
  }

  private Field.Time time(Element field) throws DamagedRecordingException {
    Field.Time time = Field.Time.NONE;
    for (Element annotation : field.children()) {
      if (annotation.name().equals("annotation")) {
        String unit = textOr(annotation.attribute("value"), "");
        if (isOf(annotation, "jdk.jfr.Timespan")) {
          return span(unit);
        }
        if (isOf(annotation, "jdk.jfr.Timestamp")) {
          time = stamp(unit);
        }
      }
    }
    return time;
  }

  private static Field.Time span(String unit) {
    return switch (unit) {
      case "TICKS" -> Field.Time.SPAN_TICKS;
      case "NANOSECONDS" -> Field.Time.SPAN_NANOS;
      case "MICROSECONDS" -> Field.Time.SPAN_MICROS;
      case "MILLISECONDS" -> Field.Time.SPAN_MILLIS;
      case "SECONDS" -> Field.Time.SPAN_SECONDS;
      default -> Field.Time.NONE;
    };
  }

  private static Field.Time stamp(String unit) {
    return switch (unit) {
      case "TICKS" -> Field.Time.STAMP_TICKS;
      case "MILLISECONDS_SINCE_EPOCH" -> Field.Time.STAMP_MILLIS;
      default -> Field.Time.NONE;
    };
  }

  private boolean isOf(Element annotation, String name) throws DamagedRecordingException {
    Type type = type(annotation.number("class", -1));
    return type != null && type.name().equals(name);
  }

  private static String textOr(@Nullable String text, String defaultValue) {
    return text == null ? defaultValue : text;
  }
}
