package whorl.collector.recording;

/** Writes a value and its members to {@link Values} until that is full. */
final class ValueReader {
  private static final int DEPTH_MAX = 6;
  private static final int ELEMENTS_MAX = 1_000;

  private final Constants constants;

  ValueReader(Constants constants) {
    this.constants = constants;
  }

  /** True if there is a value at the input's position; the position stays the same. */
  boolean isThere(Input input, Field field) throws DamagedRecordingException {
    int begin = input.position();
    try {
      Field at = field;
      Input in = input;
      while (!at.isArray() && field.kind() != Kind.UNKNOWN) {
        if (at.isConstant()) {
          int place = constants.place(at.type(), in.readLong());
          if (place == 0) {
            return false;
          }
          in = constants.input();
          in.position(place);
        }
        if (!at.type().isSimple()) {
          return true;
        }
        at = at.type().field(0);
      }
      return at.isArray();
    } finally {
      input.position(begin);
    }
  }

  /** Writes the value of the field at the input's position; the final position is undefined. */
  void field(Input input, Field field, Values out, int depth) throws DamagedRecordingException {
    if (field.isArray()) {
      elements(input, field, out, depth);
    } else if (!field.isConstant()) {
      value(input, field.type(), false, out, depth);
    } else {
      int place = constants.place(field.type(), input.readLong());
      if (place == 0) {
        out.absent();
      } else {
        Input constantInput = constants.input();
        int back = constantInput.position();
        constantInput.position(place);
        value(constantInput, field.type(), true, out, depth);
        constantInput.position(back);
      }
    }
  }

  private void value(Input input, Type type, boolean constant, Values out, int depth)
      throws DamagedRecordingException {
    if (type.isSimple()) {
      simple(input, type.field(0), out, depth);
      return;
    }
    switch (constant ? type.constantKind() : type.kind()) {
      case BOOLEAN -> out.bool(input.readByte() != 0);
      case BYTE -> out.integer(input.readByte());
      case SHORT -> out.integer(input.readShort());
      case INT -> out.integer(input.readInt());
      case LONG -> out.integer(input.readLong());
      case CHAR -> out.character(input.readChar());
      case FLOAT -> out.fraction(input.readFloat());
      case DOUBLE -> out.fraction(input.readDouble());
      case STRUCT -> members(input, type, out, depth);
      case STACK -> out.text(constants.frames(type, input.position()));
      case UNKNOWN, ARRAY -> ValueSkipper.value(input, type);
      default -> {
        Object decoded = constants.names().constant(input, type);
        if (decoded instanceof byte[] text) {
          out.text(text);
        } else if (decoded instanceof ThreadName thread) {
          out.text(thread.name());
        } else {
          out.absent();
        }
      }
    }
  }

  /** A type with a single field has that field's value; in a cycle it has none. */
  private void simple(Input input, Field field, Values out, int depth)
      throws DamagedRecordingException {
    if (field.kind() == Kind.UNKNOWN) {
      out.absent();
    } else {
      field(input, field, out, depth);
    }
  }

  private void members(Input input, Type type, Values out, int depth)
      throws DamagedRecordingException {
    out.beginMembers();
    int at = input.position();
    for (int i = 0; i < type.fieldCount() && !out.isFull(); i++) {
      Field field = type.field(i);
      out.member(field, i == 0);
      if (depth >= DEPTH_MAX) {
        out.truncated();
      } else {
        input.position(at);
        ValueSkipper.field(input, field);
        int next = input.position();
        input.position(at);
        field(input, field, out, depth + 1);
        at = next;
      }
    }
    out.endMembers();
  }

  private void elements(Input input, Field field, Values out, int depth)
      throws DamagedRecordingException {
    int count = input.readCount();
    Field element = field.element();
    out.beginElements();
    int at = input.position();
    for (int i = 0; i < count && !out.isFull(); i++) {
      out.element(i == 0);
      if (depth >= DEPTH_MAX || i >= ELEMENTS_MAX) {
        out.truncated();
        break;
      }
      input.position(at);
      ValueSkipper.field(input, element);
      int next = input.position();
      input.position(at);
      field(input, element, out, depth + 1);
      at = next;
    }
    out.endElements();
  }
}
