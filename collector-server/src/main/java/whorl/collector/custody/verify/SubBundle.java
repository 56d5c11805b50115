package whorl.collector.custody.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.SortedSet;
import java.util.TreeSet;

/** The files of another bundle whose names start with {@code prefix}; their names here omit it. */
final class SubBundle implements Bundle {
  private final Bundle whole;
  private final String prefix;
  private final SortedSet<String> names = new TreeSet<>();

  SubBundle(Bundle whole, String prefix) {
    this.whole = whole;
    this.prefix = prefix;
    for (String name : whole.names()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()));
      }
    }
  }

  @Override
  public SortedSet<String> names() {
    return names;
  }

  @Override
  public long size(String name) throws IOException {
    return whole.size(prefix + name);
  }

  @Override
  public InputStream open(String name) throws IOException {
    return whole.open(prefix + name);
  }
}
