package whorl.collector.recording;

import org.jspecify.annotations.Nullable;

/**
 * Names, in UTF-8, of the types that the JDK has accessors for. They are taken from the same fields
 * that the JDK uses ({@code jdk.jfr.consumer.RecordedClass} and similar).
 */
final class Names {
  private static final byte[] UNKNOWN = {'?'};
  private static final byte[] NONE = {};

  private final Constants constants;

  Names(Constants constants) {
    this.constants = constants;
  }

  /**
   * Reads a constant's value.
   *
   * @return a text, a thread, or null if it is neither
   */
  @Nullable Object constant(Input input, Type type) throws DamagedRecordingException {
    if (type.isSimple()) {
      return text(input, type.field(0));
    }
    return switch (type.constantKind()) {
      case TEXT -> text(input, type);
      case THREAD -> thread(input, type);
      case CLASS -> dotted(member(input, type, "name", Kind.TEXT));
      case METHOD -> method(input, type);
      case CLASS_LOADER -> loader(input, type);
      case THREAD_GROUP -> nameless(member(input, type, "name", Kind.TEXT));
      default -> null;
    };
  }

  /** Reads a field's value as text, or its name; null if it is missing or not a text. */
  byte @Nullable [] text(Input input, Field field) throws DamagedRecordingException {
    Field at = field;
    while (!at.isArray()) {
      if (at.isConstant()) {
        return constants.text(at.type(), input.readLong());
      }
      if (!at.type().isSimple() || field.kind() == Kind.UNKNOWN) {
        break;
      }
      at = at.type().field(0);
    }
    if (field.kind() != Kind.TEXT) {
      ValueSkipper.field(input, at);
      return null;
    }
    return text(input, at.type());
  }

  private byte @Nullable [] text(Input input, Type type) throws DamagedRecordingException {
    byte encoding = input.readByte();
    return encoding == Texts.CONSTANT
        ? constants.text(type, input.readLong())
        : Texts.read(input, encoding);
  }

  /** A member of the current struct; null if none has this name and kind. */
  private byte @Nullable [] member(Input input, Type type, String name, Kind kind)
      throws DamagedRecordingException {
    int begin = input.position();
    try {
      Field field = seek(input, type, name);
      return field == null || field.kind() != kind ? null : text(input, field);
    } finally {
      input.position(begin);
    }
  }

  private static @Nullable Field seek(Input input, Type type, String name)
      throws DamagedRecordingException {
    for (int i = 0; i < type.fieldCount(); i++) {
      Field field = type.field(i);
      if (field.name().equals(name)) {
        return field;
      }
      ValueSkipper.field(input, field);
    }
    return null;
  }

  private ThreadName thread(Input input, Type type) throws DamagedRecordingException {
    byte[] name = member(input, type, "javaName", Kind.TEXT);
    if (name == null || name.length == 0) {
      name = member(input, type, "osName", Kind.TEXT);
    }
    int begin = input.position();
    Field id = seek(input, type, "javaThreadId");
    boolean found = id != null && id.kind() == Kind.LONG && !id.isConstant();
    ThreadName thread = new ThreadName(name == null ? NONE : name, found ? input.readLong() : 0);
    input.position(begin);
    return thread;
  }

  private byte[] method(Input input, Type type) throws DamagedRecordingException {
    byte[] of = member(input, type, "type", Kind.CLASS);
    byte[] owner = of == null || of == Constants.NAMELESS ? UNKNOWN : of;
    byte[] name = nameless(member(input, type, "name", Kind.TEXT));
    byte[] text = new byte[owner.length + 1 + name.length];
    System.arraycopy(owner, 0, text, 0, owner.length);
    text[owner.length] = '.';
    System.arraycopy(name, 0, text, owner.length + 1, name.length);
    return text;
  }

  private byte[] loader(Input input, Type type) throws DamagedRecordingException {
    byte[] of = member(input, type, "type", Kind.CLASS);
    return of == null ? nameless(member(input, type, "name", Kind.TEXT)) : of;
  }

  private static byte[] nameless(byte @Nullable [] name) {
    return name == null ? Constants.NAMELESS : name;
  }

  private static byte[] dotted(byte @Nullable [] name) {
    if (name == null) {
      return Constants.NAMELESS;
    }
    byte[] dotted = name.clone();
    for (int i = 0; i < dotted.length; i++) {
      if (dotted[i] == '/') {
        dotted[i] = '.';
      }
    }
    return dotted;
  }
}
