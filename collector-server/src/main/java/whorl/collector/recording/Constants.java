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
  private final StackText stackText;
  private final @Nullable ConstantPool[] pools;
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
    this.stackText = new StackText(input, this);
    this.pools = new ConstantPool[types];
  }

  void put(Type type, long id, int place, int checkpoint) {
    ConstantPool constantPool = pools[type.number()];
    if (constantPool == null) {
      constantPool = new ConstantPool();
      pools[type.number()] = constantPool;
    }
    if (count >= MAX) {
      refused++;
      return;
    }
    int before = constantPool.size();
    constantPool.put(id, place, checkpoint);
    count += constantPool.size() - before;
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
    ConstantPool constantPool = pools[type.number()];
    int slot = constantPool == null ? -1 : constantPool.slot(id);
    return constantPool == null || slot < 0 ? 0 : constantPool.place(slot);
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
    ConstantPool constantPool = pools[type.number()];
    int slot = constantPool == null ? -1 : constantPool.slot(id);
    if (constantPool == null || slot < 0) {
      return 0;
    }
    long known = constantPool.number(slot);
    if (known == 0) {
      known = stacks.keep(stackText.text(type, constantPool.place(slot)));
      constantPool.number(slot, known);
    }
    return known;
  }

  /** A stack's frames as text. */
  byte[] frames(Type type, int place) throws DamagedRecordingException {
    return stackText.text(type, place);
  }

  Names names() {
    return names;
  }

  private @Nullable Object known(Type type, long id) throws DamagedRecordingException {
    ConstantPool constantPool = pools[type.number()];
    int slot = constantPool == null ? -1 : constantPool.slot(id);
    if (constantPool == null || slot < 0) {
      return null;
    }
    Object known = constantPool.remembered(slot);
    if (known == null) {
      known = decoded(type, constantPool.place(slot));
      remember(constantPool, slot, known);
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

  private void remember(ConstantPool constantPool, int slot, Object value) {
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
      for (ConstantPool each : pools) {
        if (each != null) {
          each.forget();
        }
      }
    }
    constantPool.remember(slot, value);
  }
}
