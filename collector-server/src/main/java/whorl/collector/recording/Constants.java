package whorl.collector.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The constants of a chunk: where they are, and as texts once they were asked for. They refer to
 * each other as they like, in circles too: what is behind too many references is not there.
 */
final class Constants {
  /** What a name is that the recording does not tell. */
  static final byte[] NAMELESS = {'n', 'u', 'l', 'l'};

  private static final int MAX = 1_500_000;
  private static final int FOLLOWED_MAX = 16;
  private static final int REMEMBERED_MAX_BYTES = 16 << 20;
  private static final int BARE_BYTES = 32;

  /** What is remembered of a constant that is no text. */
  private static final Object NOTHING = new Object();

  private final Input input;
  private final Names names;
  private final Frames frames;
  private final @Nullable Pool[] pools;
  private int count;
  private long refused;
  private int followed;
  private long rememberedBytes;

  /**
   * @param input of the chunk, for this alone
   */
  Constants(Input input, int types) {
    this.input = input;
    this.names = new Names(this);
    this.frames = new Frames(input, this);
    this.pools = new Pool[types];
  }

  void put(Type type, long id, int place, int checkpoint) {
    Pool pool = pools[type.number()];
    if (pool == null) {
      pool = new Pool();
      pools[type.number()] = pool;
    }
    if (count >= MAX) {
      refused++;
      return;
    }
    int before = pool.size();
    pool.put(id, place, checkpoint);
    count += pool.size() - before;
  }

  /** How many there was no room for. */
  long refused() {
    return refused;
  }

  /** What reads the constants' values. */
  Input input() {
    return input;
  }

  /** Where a constant's value is; 0 where there is none. */
  int place(Type type, long id) {
    Pool pool = pools[type.number()];
    int slot = pool == null ? -1 : pool.slot(id);
    return pool == null || slot < 0 ? 0 : pool.place(slot);
  }

  /**
   * A constant as text, or its name.
   *
   * @return null where it is not there, or is no text; {@link #NAMELESS} for what has no name
   */
  byte @Nullable [] text(Type type, long id) throws DamagedRecordingException {
    Object known = known(type, id);
    if (known instanceof byte[] text) {
      return text;
    }
    return known instanceof ThreadName thread ? thread.name() : null;
  }

  /** Null where it is not there, or is no thread. */
  @Nullable ThreadName thread(Type type, long id) throws DamagedRecordingException {
    return known(type, id) instanceof ThreadName thread ? thread : null;
  }

  /** What whoever keeps stacks calls this one; 0 where there is none. */
  long stack(Type type, long id, Chunk.Stacks stacks) throws IOException {
    Pool pool = pools[type.number()];
    int slot = pool == null ? -1 : pool.slot(id);
    if (pool == null || slot < 0) {
      return 0;
    }
    long known = pool.number(slot);
    if (known == 0) {
      known = stacks.keep(frames.text(type, pool.place(slot)));
      pool.number(slot, known);
    }
    return known;
  }

  /** A stack's frames as text. */
  byte[] frames(Type type, int place) throws DamagedRecordingException {
    return frames.text(type, place);
  }

  Names names() {
    return names;
  }

  private @Nullable Object known(Type type, long id) throws DamagedRecordingException {
    Pool pool = pools[type.number()];
    int slot = pool == null ? -1 : pool.slot(id);
    if (pool == null || slot < 0) {
      return null;
    }
    Object known = pool.remembered(slot);
    if (known == null) {
      known = decoded(type, pool.place(slot));
      remember(pool, slot, known);
    }
    return known;
  }

  private Object decoded(Type type, int place) throws DamagedRecordingException {
    if (followed >= FOLLOWED_MAX) {
      return NOTHING;
    }
    int back = input.position();
    followed++;
    try {
      input.position(place);
      Object value = names.constant(input, type);
      return value == null ? NOTHING : value;
    } finally {
      followed--;
      input.position(back);
    }
  }

  private void remember(Pool pool, int slot, Object value) {
    if (followed > 0 && value == NOTHING) {
      return; // perhaps for its place behind others alone
    }
    int bytes = BARE_BYTES;
    if (value instanceof byte[] text) {
      bytes += text.length;
    } else if (value instanceof ThreadName thread) {
      bytes += thread.name().length;
    }
    rememberedBytes += bytes;
    if (rememberedBytes > REMEMBERED_MAX_BYTES) {
      rememberedBytes = bytes;
      for (Pool each : pools) {
        if (each != null) {
          each.forget();
        }
      }
    }
    pool.remember(slot, value);
  }
}
