package whorl.collector.lake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import whorl.collector.store.objects.ObjectStore;

/**
 * An object that Iceberg writes: table metadata, manifests and lists of them. They are a few MiB at
 * most ({@code commit.manifest.target-size-bytes}), and have a new name each.
 */
record ObjectOutput(ObjectStore objects, String location, String key) implements OutputFile {
  @Override
  public PositionOutputStream create() {
    if (toInputFile().exists()) {
      throw new AlreadyExistsException("%s exists", location);
    }
    return createOrOverwrite();
  }

  @Override
  public PositionOutputStream createOrOverwrite() {
    return new Stream(this);
  }

  @Override
  public InputFile toInputFile() {
    return new ObjectInput(objects, location, key);
  }

  /** Puts the object when it is closed: it is durable then, or {@link #close} fails. */
  private static final class Stream extends PositionOutputStream {
    private final ObjectOutput object;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean closed;

    Stream(ObjectOutput object) {
      this.object = object;
    }

    @Override
    public long getPos() {
      return bytes.size();
    }

    @Override
    public void write(int b) {
      bytes.write(b);
    }

    @Override
    public void write(byte[] more, int offset, int length) {
      bytes.write(more, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        try {
          object.objects.put(object.key, bytes.toByteArray());
        } catch (IOException e) {
          // some callers in Iceberg only pass on unchecked ones
          throw new UncheckedIOException(object.location + " can't be written", e);
        }
      }
    }
  }
}
