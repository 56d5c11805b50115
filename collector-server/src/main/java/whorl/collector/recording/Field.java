package whorl.collector.recording;

/** A field of a type, from the chunk's metadata. */
public final class Field {
  private static final int REFERENCES_MAX = 16;

  private final String name;
  private final Type type;
  private final boolean array;
  private final boolean constant;
  private final Time time;
  private Kind kind = Kind.UNKNOWN;

  /**
   * @param array true if the value is a count followed by that many values
   * @param constant true if the value is the id of a constant
   */
  Field(String name, Type type, boolean array, boolean constant, Time time) {
    this.name = name;
    this.type = type;
    this.array = array;
    this.constant = constant;
    this.time = time;
  }

  /**
   * The meaning of a {@code long}, from its annotations {@code jdk.jfr.Timespan} and {@code
   * Timestamp}.
   */
  public enum Time {
    NONE,
    SPAN_TICKS,
    SPAN_NANOS,
    SPAN_MICROS,
    SPAN_MILLIS,
    SPAN_SECONDS,
    STAMP_TICKS,
    STAMP_MILLIS;

    public boolean isSpan() {
      return this != NONE && !isStamp();
    }

    public boolean isStamp() {
      return this == STAMP_TICKS || this == STAMP_MILLIS;
    }
  }

  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  /** {@link Time#NONE} unless it is a {@code long}. */
  public Time time() {
    return kind == Kind.LONG ? time : Time.NONE;
  }

  /** True if the value is stored in the field itself and not behind references. */
  public boolean isInPlace() {
    return !constant && !type.isSimple();
  }

  Type type() {
    return type;
  }

  boolean isArray() {
    return array;
  }

  boolean isConstant() {
    return constant;
  }

  /** The field of one element of this array. */
  Field element() {
    Field element = new Field(name, type, false, constant, Time.NONE);
    element.resolveKind();
    return element;
  }

  /** Computes the kind; called once all types have their fields. */
  void resolveKind() {
    Field field = this;
    for (int references = 0; references < REFERENCES_MAX; references++) {
      if (field.array) {
        kind = Kind.ARRAY;
        return;
      }
      if (!field.type.isSimple()) {
        kind = field.constant ? field.type.constantKind() : field.type.kind();
        return;
      }
      field = field.type.fields().get(0);
    }
  }
}
