package whorl.agent.redact.jfr;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types of a chunk's events, constants and values, as its metadata describes them.
 *
 * <pre>
 * metadata:  size with itself  type (0)  start  duration  id
 *            number of strings  strings  element
 * element:   name  number of attributes  (name  value)…  number of elements  elements
 * class:     an element with the attributes id and name, and with elements for its fields
 * field:     an element with the attributes name, class, dimension (of an array) and
 *            constantPool (if its value is the number of a constant)
 * </pre>
 *
 * <p>Numbers are LEB128; names and values are the numbers of strings.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/MetadataReader.java">MetadataReader</a>
 */
final class ChunkTypes {
  /** Enough for thousands of event types. */
  private static final int MAX_BYTES = 4 << 20;

  /** Limits what is kept in memory: twenty times what the JDK's own events need. */
  private static final int MAX_KEPT = 50_000;

  private static final int MAX_DEPTH = 16;
  private static final int NUMBERS_BEFORE_STRINGS = 3;

  private final RecordingBytes bytes;
  private final Map<Long, Type> types = new HashMap<>();
  private String[] strings = {};
  private int kept;

  /** How the value of a type is written. */
  enum Form {
    BYTE,
    NUMBER,
    FLOAT,
    DOUBLE,
    STRING,
    /** The values of the fields, one after the other. */
    FIELDS
  }

  /** A type; one that has no fields and no known name cannot be read. */
  record Type(String name, Form form, List<Field> fields) {
    boolean isReadable() {
      return form != Form.FIELDS || !fields.isEmpty();
    }

    /**
     * True if the value of what a string names may be in any field after it. In events of the JDK
     * and of Whorl it is in a field {@code value}: otherwise a request with the method {@code
     * PASSWORD} would hide its path, and a host with a name like {@code secret.example.com} its
     * address.
     */
    boolean hasValuesAnywhere() {
      return !name.startsWith("jdk.") && !name.startsWith("whorl.");
    }
  }

  /**
   * A value of an event or of a constant.
   *
   * @param type the number of its type
   * @param constant true if its value is the number of a constant
   * @param named true if the string before it may be the name of the value
   */
  record Field(String name, long type, boolean array, boolean constant, boolean named) {
    /** Of a constant that is a string itself. */
    static final Field NONE = new Field("", 0, false, false, true);
  }

  private ChunkTypes(RecordingBytes bytes) {
    this.bytes = bytes;
  }

  /** Reads the metadata that begins here. */
  static ChunkTypes read(RecordingBytes bytes) throws IOException, MalformedRecordingException {
    long start = bytes.position();
    long size = bytes.number();
    if (size > MAX_BYTES || start + size > bytes.limit()) {
      throw new MalformedRecordingException("the metadata is too long");
    }
    bytes.limit(start + size);
    if (bytes.number() != 0) {
      throw new MalformedRecordingException("the metadata is of another type");
    }
    for (int i = 0; i < NUMBERS_BEFORE_STRINGS; i++) {
      bytes.number();
    }
    ChunkTypes read = new ChunkTypes(bytes);
    read.strings();
    read.element(null, 0);
    return read;
  }

  /** The type of this number; null if there is none. */
  @Nullable Type type(long number) {
    return types.get(number);
  }

  private void strings() throws IOException, MalformedRecordingException {
    int count = bytes.count();
    if (count > MAX_KEPT) {
      throw new MalformedRecordingException("the metadata has too many strings");
    }
    strings = new String[count];
    for (int i = 0; i < strings.length; i++) {
      int encoding = bytes.next();
      strings[i] =
          switch (encoding) {
            case MaskedStrings.NULL, MaskedStrings.EMPTY -> "";
            case MaskedStrings.UTF_8 -> text(StandardCharsets.UTF_8);
            case MaskedStrings.LATIN_1 -> text(StandardCharsets.ISO_8859_1);
            case MaskedStrings.CHARACTERS -> characters();
            default -> throw new MalformedRecordingException("no string has encoding " + encoding);
          };
    }
  }

  private String text(Charset charset) throws IOException, MalformedRecordingException {
    byte[] text = new byte[bytes.count()];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) bytes.next();
    }
    return new String(text, charset);
  }

  private String characters() throws IOException, MalformedRecordingException {
    char[] text = new char[bytes.count()];
    for (int i = 0; i < text.length; i++) {
      text[i] = (char) bytes.number();
    }
    return new String(text);
  }

  private String string() throws IOException, MalformedRecordingException {
    long number = bytes.number();
    if (number < 0 || number >= strings.length) {
      throw new MalformedRecordingException("the metadata has no string " + number);
    }
    return strings[(int) number];
  }

  /**
   * Reads an element and those within it.
   *
   * @param outer the type that it describes a part of; null if none
   */
  private void element(@Nullable Type outer, int depth)
      throws IOException, MalformedRecordingException {
    if (depth > MAX_DEPTH) {
      throw new MalformedRecordingException("the metadata is too deep");
    }
    String kind = string();
    Map<String, String> attributes = new HashMap<>();
    for (int left = bytes.count(); left > 0; left--) {
      attributes.put(string(), string());
    }
    boolean isKept = kind.equals("class") || kind.equals("field");
    kept += isKept ? 1 : 0;
    if (kept > MAX_KEPT) {
      throw new MalformedRecordingException("the metadata has too many types");
    }
    Type type = null;
    if (kind.equals("class")) {
      String name = attributes.getOrDefault("name", "");
      type = new Type(name, form(name), new ArrayList<>());
      types.put(number(attributes, "id"), type);
    } else if (kind.equals("field") && outer != null) {
      outer.fields().add(field(attributes, outer.hasValuesAnywhere()));
    }
    for (int left = bytes.count(); left > 0; left--) {
      element(type, depth + 1);
    }
  }

  private static Field field(Map<String, String> attributes, boolean named)
      throws MalformedRecordingException {
    String name = attributes.getOrDefault("name", "");
    boolean array = attributes.containsKey("dimension") && number(attributes, "dimension") > 0;
    return new Field(
        name,
        number(attributes, "class"),
        array,
        attributes.containsKey("constantPool"),
        named || name.equals("value"));
  }

  private static Form form(String type) {
    return switch (type) {
      case "boolean", "byte" -> Form.BYTE;
      case "char", "short", "int", "long" -> Form.NUMBER;
      case "float" -> Form.FLOAT;
      case "double" -> Form.DOUBLE;
      case "java.lang.String" -> Form.STRING;
      default -> Form.FIELDS;
    };
  }

  private static long number(Map<String, String> attributes, String name)
      throws MalformedRecordingException {
    try {
      return Long.parseLong(attributes.getOrDefault(name, ""));
    } catch (NumberFormatException notANumber) {
      throw new MalformedRecordingException("the metadata has no number for " + name);
    }
  }
}
