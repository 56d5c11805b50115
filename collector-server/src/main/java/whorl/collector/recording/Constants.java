package whorl.collector.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The constants of a chunk: their positions, and a cache of decoded texts. Constants may refer to
 * each other, also in cycles; a value behind too many references counts as missing.
 */
final class Constants {
  /** The name of a value whose name is not in the recording. */
  static final byte[] NAMELESS = {'n', 'u', 'l', 'l'};

  private static final int MAX = 1_500_000;
  private static final int DEPTH_MAX = 16;
  private static final int CACHED_MAX_BYTES = 16 << 20;
  private static final int ENTRY_BYTES = 32;

  /** The cached value of a constant that is not a text. */
  private static final Object NO_TEXT = new Object();

  private final Input input;
  private final Names names;
  private final StackText stackText;
  private final @Nullable ConstantPool[] pools;
  private int count;
  private long dropped;
  private int depth;
  private long cachedBytes;

  /**
   * @param input over the chunk; only this object uses it
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
      dropped++;
      return;
    }
    int before = constantPool.size();
    constantPool.put(id, place, checkpoint);
    count += constantPool.size() - before;
  }

  /** The number of constants for which there was no room. */
  long dropped() {
    return dropped;
  }

  /** The input from which constants' values are read. */
  Input input() {
    return input;
  }

  /** The position of a constant's value; 0 if there is none. */
  int place(Type type, long id) {
    ConstantPool constantPool = pools[type.number()];
    int slot = constantPool == null ? -1 : constantPool.slot(id);
    return constantPool == null || slot < 0 ? 0 : constantPool.place(slot);
  }

  /**
   * A constant as text, or its name.
   *
   * @return null if it is missing or not a text; {@link #NAMELESS} if it has no name
   */
  byte @Nullable [] text(Type type, long id) throws DamagedRecordingException {
    Object known = lookUp(type, id);
    if (known instanceof byte[] text) {
      return text;
    }
    return known instanceof ThreadName thread ? thread.name() : null;
  }

  /** A thread; null if the constant is missing or not a thread. */
  @Nullable ThreadName thread(Type type, long id) throws DamagedRecordingException {
    return lookUp(type, id) instanceof ThreadName thread ? thread : null;
  }

  /** The id that {@code stacks} gave to this stack; 0 if there is none. */
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

  private @Nullable Object lookUp(Type type, long id) throws DamagedRecordingException {
    ConstantPool constantPool = pools[type.number()];
    int slot = constantPool == null ? -1 : constantPool.slot(id);
    if (constantPool == null || slot < 0) {
      return null;
    }
    Object known = constantPool.cached(slot);
    if (known == null) {
      known = decode(type, constantPool.place(slot));
      cache(constantPool, slot, known);
    }
    return known;
  }

  private Object decode(Type type, int place) throws DamagedRecordingException {
    if (depth >= DEPTH_MAX) {
      return NO_TEXT;
    }
    int back = input.position();
    depth++;
    try {
      input.position(place);
      Object value = names.constant(input, type);
      return value == null ? NO_TEXT : value;
    } finally {
      depth--;
      input.position(back);
    }
  }

  private void cache(ConstantPool constantPool, int slot, Object value) {
    if (depth > 0 && value == NO_TEXT) {
      return; // perhaps only because it was behind other references
    }
    int bytes = ENTRY_BYTES;
    if (value instanceof byte[] text) {
      bytes += text.length;
    } else if (value instanceof ThreadName thread) {
      bytes += thread.name().length;
    }
    cachedBytes += bytes;
    if (cachedBytes > CACHED_MAX_BYTES) {
      cachedBytes = bytes;
      for (ConstantPool pool : pools) {
        if (pool != null) {
          pool.clearCache();
        }
      }
    }
    constantPool.cache(slot, value);
  }
}
