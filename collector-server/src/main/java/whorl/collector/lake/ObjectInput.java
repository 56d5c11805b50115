package whorl.collector.lake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.ObjectStore;

/** An object that Iceberg reads. */
record ObjectInput(ObjectStore objects, String location, String key) implements InputFile {
  @Override
  public long getLength() {
    ObjectStore.ObjectFacts facts = find();
    if (facts == null) {
      throw new NotFoundException("%s does not exist", location);
    }
    return facts.size();
  }

  @Override
  public boolean exists() {
    return find() != null;
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream(this);
  }

  private ObjectStore.@Nullable ObjectFacts find() {
    try {
      return objects.find(key);
    } catch (IOException e) {
      throw new UncheckedIOException(location + " can't be read", e);
    }
  }

  /** Opens the object when bytes are needed, and again after a seek. */
  private static final class Stream extends SeekableInputStream {
    /** Up to this distance, reading on is cheaper than a new request. */
    private static final long SKIP_MAX = 256 << 10;

    private final ObjectInput object;
    private @Nullable InputStream in;
    private long position;

    Stream(ObjectInput object) {
      this.object = object;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long target) throws IOException {
      if (target < 0) {
        throw new EOFException(object.location + ": no byte " + target);
      }
      InputStream open = in;
      if (open != null && target >= position && target - position <= SKIP_MAX) {
        open.skipNBytes(target - position);
      } else if (target != position) {
        close();
      }
      position = target;
    }

    @Override
    public int read() throws IOException {
      int b = open().read();
      position += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = open().read(bytes, offset, length);
      position += Math.max(0, n);
      return n;
    }

    @Override
    public void close() throws IOException {
      InputStream open = in;
      in = null;
      if (open != null) {
        open.close();
      }
    }

    private InputStream open() throws IOException {
      InputStream open = in;
      if (open == null) {
        open = object.objects.read(object.key, position);
        in = open;
      }
      return open;
    }
  }
}
