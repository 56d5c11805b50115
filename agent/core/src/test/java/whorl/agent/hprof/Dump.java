package whorl.agent.hprof;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import whorl.agent.hprof.format.Tags;

/** Writes valid or invalid heap dumps by hand. Lengths of records are those of their bodies. */
final class Dump {
  final int idBytes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** A part without a head, such as the segment stream or a body. */
  static Dump part(int idBytes) {
    return new Dump(idBytes);
  }

  static Dump withHead(int idBytes) {
    return new Dump(idBytes).text("JAVA PROFILE 1.0.2\0").u4(idBytes).u8(1_700_000_000_000L);
  }

  private Dump(int idBytes) {
    this.idBytes = idBytes;
  }

  Dump utf8(long id, String text) {
    return record(Tags.UTF8, body -> body.id(id).text(text));
  }

  Dump loadClass(int serial, long id, long name) {
    return record(Tags.LOAD_CLASS, body -> body.u4(serial).id(id).u4(1).id(name));
  }

  Dump frame(long id, long method, long signature, long file, int classSerial) {
    return record(
        Tags.FRAME, body -> body.id(id).id(method).id(signature).id(file).u4(classSerial).u4(17));
  }

  Dump trace(int serial, int thread, long... frames) {
    return record(
        Tags.TRACE,
        body -> {
          body.u4(serial).u4(thread).u4(frames.length);
          for (long frame : frames) {
            body.id(frame);
          }
        });
  }

  Dump segment(Consumer<Dump> subRecords) {
    return record(Tags.HEAP_DUMP_SEGMENT, subRecords);
  }

  Dump end() {
    return record(Tags.HEAP_DUMP_END, body -> {});
  }

  Dump record(int tag, Consumer<Dump> writer) {
    Dump body = new Dump(idBytes);
    writer.accept(body);
    return record(tag, body.size(), body);
  }

  /** A record whose length may be wrong. */
  Dump record(int tag, int length, Dump body) {
    return u1(tag).u4(0).u4(length).raw(body.bytes());
  }

  /** A class without constants or static fields. */
  Dump classDump(long id, long superId, Field... fields) {
    return classDump(id, superId, new Field[0], fields);
  }

  Dump classDump(long id, long superId, Field[] statics, Field... fields) {
    u1(Tags.CLASS_DUMP).id(id).u4(1).id(superId);
    for (int i = 0; i < 5; i++) {
      id(0);
    }
    u4(0).u2(0).u2(statics.length);
    for (Field field : statics) {
      id(field.name).u1(field.type).value(field.type, field.value);
    }
    u2(fields.length);
    for (Field field : fields) {
      id(field.name).u1(field.type);
    }
    return this;
  }

  Dump instance(long id, long type, Consumer<Dump> values) {
    Dump contents = new Dump(idBytes);
    values.accept(contents);
    return u1(Tags.INSTANCE_DUMP).id(id).u4(1).id(type).u4(contents.size()).raw(contents.bytes());
  }

  Dump objectArray(long id, long type, long... elements) {
    u1(Tags.OBJECT_ARRAY_DUMP).id(id).u4(1).u4(elements.length).id(type);
    for (long element : elements) {
      id(element);
    }
    return this;
  }

  /** An array of bytes. */
  Dump byteArray(long id, byte[] contents) {
    return u1(Tags.PRIMITIVE_ARRAY_DUMP).id(id).u4(1).u4(contents.length).u1(8).raw(contents);
  }

  Dump value(int type, long value) {
    switch (Tags.valueBytes(type, idBytes)) {
      case 1:
        return u1((int) value);
      case 2:
        return u2((int) value);
      case 4:
        return u4((int) value);
      case 8:
        return u8(value);
      default:
        throw new IllegalArgumentException("no type: " + type);
    }
  }

  Dump id(long id) {
    return idBytes == 4 ? u4((int) id) : u8(id);
  }

  Dump text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  Dump u1(int value) {
    return write(() -> out.writeByte(value));
  }

  Dump u2(int value) {
    return write(() -> out.writeShort(value));
  }

  Dump u4(int value) {
    return write(() -> out.writeInt(value));
  }

  Dump u8(long value) {
    return write(() -> out.writeLong(value));
  }

  Dump raw(byte[] more) {
    return write(() -> out.write(more));
  }

  int size() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  private Dump write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** A field's name and type, and for a static one its value. */
  record Field(long name, int type, long value) {
    static Field of(long name, int type) {
      return new Field(name, type, 0);
    }
  }
}
