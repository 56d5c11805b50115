package whorl.collector.recording;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Fuzzes chunks of recordings: the events of any chunk are read or reported as damaged. */
class ChunkFuzzTest {
  /** The limit for a value with all its members. */
  private static final int TOLD_MAX_BYTES = 1 << 20;

  @FuzzTest
  void anyChunk_isToldOrDamaged(byte[] input) throws IOException {
    Chunk chunk;
    try {
      chunk = Chunk.of(ByteBuffer.wrap(input), frames -> 1);
    } catch (DamagedRecordingException damaged) {
      assertThat(damaged.getMessage()).isNotBlank();
      return;
    }
    Cursor events = chunk.events();
    Type type = null;
    int count = 0;
    do {
      try {
        type = events.next();
        if (type != null) {
          assertThat(type.number()).isBetween(0, chunk.types() - 1);
          values(events, type);
        }
      } catch (DamagedRecordingException damaged) {
        assertThat(damaged.getMessage()).isNotBlank();
        type = null;
      }
      count++;
      // An event has at least a size, a type and a time.
    } while (type != null && count <= input.length);
    assertThat(count).isLessThanOrEqualTo(input.length);
  }

  private static void values(Cursor events, Type type) throws IOException {
    assertThat(events.durationNanos() == 0 || type.hasDuration()).isTrue();
    for (Field field : type.values()) {
      CountingValues values = new CountingValues();
      if (field.kind() == Kind.STACK) {
        events.stack(field);
      } else if (field.kind() == Kind.THREAD) {
        events.thread(field);
      } else if (field.kind().isText()) {
        events.text(field);
      } else {
        events.write(field, values);
      }
      assertThat(values.depth).isZero();
    }
  }

  /** Counts the values it receives. */
  private static final class CountingValues implements Values {
    private int depth;
    private long bytes;

    @Override
    public boolean isFull() {
      return bytes > TOLD_MAX_BYTES;
    }

    @Override
    public void absent() {
      bytes++;
    }

    @Override
    public void truncated() {
      bytes++;
    }

    @Override
    public void integer(long number) {
      bytes++;
    }

    @Override
    public void fraction(float number) {
      bytes++;
    }

    @Override
    public void fraction(double number) {
      bytes++;
    }

    @Override
    public void bool(boolean truth) {
      bytes++;
    }

    @Override
    public void character(char character) {
      bytes++;
    }

    @Override
    public void text(byte[] text) {
      bytes += 2 + text.length;
    }

    @Override
    public void beginMembers() {
      depth++;
    }

    @Override
    public void member(Field field, boolean first) {
      bytes += field.name().length();
    }

    @Override
    public void endMembers() {
      depth--;
    }

    @Override
    public void beginElements() {
      depth++;
    }

    @Override
    public void element(boolean first) {
      bytes++;
    }

    @Override
    public void endElements() {
      depth--;
    }
  }
}
