package whorl.collector.custody.verify;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Files in memory. */
record FakeBundle(Map<String, byte[]> files) implements Bundle {
  @Override
  public SortedSet<String> names() {
    return new TreeSet<>(files.keySet());
  }

  @Override
  public InputStream open(String name) throws NoSuchFileException {
    byte[] content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return new ByteArrayInputStream(content);
  }
}
