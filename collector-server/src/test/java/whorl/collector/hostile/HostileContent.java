package whorl.collector.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import whorl.evidence.Json;

/**
 * Artifacts that somebody made to hurt who reads them. Each kind is of about the size that is asked
 * for, and the same for the same seed.
 */
enum HostileContent {
  STACKS_ALL_DIFFERENT("events.ndjson") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add("{\"sequence\":" + i + ",\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.X\"");
        out.add(",\"fields\":{\"path\":\"/" + i + "\"},\"thread\":\"t" + i + "\",\"stack\":[");
        for (int frame = 0; frame < 20; frame++) {
          out.add(frame == 0 ? "" : ",");
          out.add("\"a" + random.nextInt() + ".B" + i + ".c(D" + frame + ".java:" + i + ")\"");
        }
        out.add("]}\n");
      }
    }
  },
  TYPES_AND_FIELDS_ALL_DIFFERENT("events.ndjson") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add("{\"sequence\":" + i + ",\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"x.T" + i);
        out.add("\",\"fields\":{\"f" + random.nextInt() + "\":" + random.nextDouble() + "}}\n");
      }
    }
  },
  KEYS_THAT_COLLIDE("events.ndjson") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add("{\"sequence\":" + i + ",\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"whorl.X\"");
        out.add(",\"fields\":{");
        for (int key = 0; key < 4_096; key++) {
          out.add((key == 0 ? "\"" : ",\"") + colliding(key) + "\":1");
        }
        out.add("}}\n");
      }
    }
  },
  ONE_LINE("events.ndjson") {
    @Override
    void write(Text out, Random random) {
      out.add("{\"sequence\":1,\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"");
      while (out.hasRoom()) {
        out.add("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
      }
      out.add("\"}\n");
    }
  },
  NESTED("threads.json") {
    @Override
    void write(Text out, Random random) {
      while (out.hasRoom()) {
        out.add("{\"threads\":[{\"frames\":[");
      }
    }
  },
  MANY_THREADS("threads.json") {
    @Override
    void write(Text out, Random random) {
      out.add("{\"threads\":[");
      for (int i = 0; out.hasRoom(); i++) {
        out.add((i == 0 ? "" : ",") + "{\"id\":" + i + ",\"name\":\"t" + random.nextInt());
        out.add("\",\"state\":\"RUNNABLE\",\"stack\":[\"a.B.c(D.java:" + i + ")\"]}");
      }
      out.add("]}");
    }
  },
  CONTROL_CHARACTERS("console.log") {
    @Override
    void write(Text out, Random random) {
      while (out.hasRoom()) {
        out.add("2026-01-02T03:04:05Z out \u001b]0;x\u0007\u202e\0" + random.nextInt() + "\r\n");
      }
    }
  },
  NO_LINE_FEED("console.log") {
    @Override
    void write(Text out, Random random) {
      while (out.hasRoom()) {
        out.add("no line feed for as long as there is room, and then some; ");
      }
    }
  },
  ENVIRONMENT_OF_MILLIONS("process.json") {
    @Override
    void write(Text out, Random random) {
      out.add("{\"environment\":{");
      for (int i = 0; out.hasRoom(); i++) {
        out.add((i == 0 ? "\"" : ",\"") + "PASSWORD_" + i + "\":\"" + random.nextInt() + "\"");
      }
      out.add("}}");
    }
  },
  ALERT_OF_MILLIONS("alert.json") {
    @Override
    void write(Text out, Random random) {
      out.add("{\"fields\":{");
      for (int i = 0; out.hasRoom(); i++) {
        out.add((i == 0 ? "\"" : ",\"") + colliding(i) + i + "\":" + i);
      }
      out.add("}}");
    }
  },
  CLASSES_WITH_FINDINGS("classes.ndjson") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add(
            "{\"name\":\"a.B" + i + "\",\"loader\":\"l" + random.nextInt() + "\",\"sha256\":\"");
        out.add(String.format("%064x", i) + "\",\"findings\":[\"critical: x\"]}\n");
      }
    }
  },
  FILES_FAR_AWAY_IN_TIME("files.body") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add("0|/tmp/|" + random.nextInt() + "|0|r/rrw-------|0|0|9223372036854775807|");
        out.add(random.nextLong() + "|" + random.nextLong() + "|-1|" + random.nextLong() + "\n");
      }
    }
  },
  CONNECTIONS("network.ndjson") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add(
            "{\"protocol\":\"tcp\",\"remoteAddress\":\"" + random.nextLong() + "\",\"state\":\"");
        out.add("ESTABLISHED\",\"remotePort\":" + random.nextInt() + "}\n");
      }
    }
  },
  RECORDING_OF_NOISE("recording.jfr") {
    @Override
    void write(Text out, Random random) {
      out.bytes(chunkHeader(out.size(), 68, out.size() / 2));
      byte[] noise = new byte[4096];
      while (out.hasRoom()) {
        random.nextBytes(noise);
        out.bytes(noise);
      }
    }
  },
  RECORDING_OF_HEADERS("recording.jfr") {
    @Override
    void write(Text out, Random random) {
      while (out.hasRoom()) {
        out.bytes(chunkHeader(68, 0, 0));
      }
    }
  },
  RECORDING_WITHOUT_END("recording.jfr") {
    @Override
    void write(Text out, Random random) {
      out.bytes(chunkHeader(Long.MAX_VALUE, Long.MAX_VALUE - 8, 68));
      out.bytes(new byte[out.size() - 68]);
    }
  },
  HEAP_THAT_UNPACKS_TO_MUCH("heap.hprof.gz") {
    @Override
    void write(Text out, Random random) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      byte[] zeros = new byte[1 << 20];
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write("JAVA PROFILE 1.0.2\0".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; packed.size() < Math.min(out.size(), 1 << 20); i++) {
          gzip.write(zeros);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      out.bytes(packed.toByteArray());
    }
  },
  HISTOGRAM("histogram.txt") {
    @Override
    void write(Text out, Random random) {
      for (int i = 0; out.hasRoom(); i++) {
        out.add(i + ": " + Long.MAX_VALUE + " " + random.nextLong() + " [[[[[[[[[[[[a.B\n");
      }
    }
  };

  private final String artifact;

  HostileContent(String artifact) {
    this.artifact = artifact;
  }

  abstract void write(Text out, Random random);

  /** The name it is shipped as. */
  String artifact() {
    return artifact;
  }

  byte[] of(int bytes, long seed) {
    Text out = new Text(bytes);
    write(out, new Random(seed));
    return out.toByteArray();
  }

  /** Names that all have the same hash. */
  private static String colliding(int number) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < 12; bit++) {
      name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return Json.text(name.toString()).replace("\"", "");
  }

  private static byte[] chunkHeader(long size, long constants, long metadata) {
    return ByteBuffer.allocate(68)
        .put(new byte[] {'F', 'L', 'R', 0})
        .putShort((short) 2)
        .putShort((short) 1)
        .putLong(size)
        .putLong(constants)
        .putLong(metadata)
        .putLong(1_767_323_045_000_000_000L)
        .putLong(1_000_000_000L)
        .putLong(0)
        .putLong(1_000_000_000L)
        .putInt(1)
        .array();
  }

  /** Takes text until there is enough. */
  static final class Text {
    private final ByteArrayOutputStream out;
    private final int size;

    Text(int size) {
      this.size = size;
      this.out = new ByteArrayOutputStream(size);
    }

    int size() {
      return size;
    }

    boolean hasRoom() {
      return out.size() < size;
    }

    void add(String text) {
      bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) {
      out.write(bytes, 0, bytes.length);
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }
  }
}
