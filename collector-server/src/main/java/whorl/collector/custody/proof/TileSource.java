package whorl.collector.custody.proof;

import java.io.IOException;

/** Where tiles are read: a folder, an object store, or a collector's API. */
@FunctionalInterface
public interface TileSource {
  /**
   * The content of a tile with just this width.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such tile
   */
  byte[] read(TilePath path) throws IOException;
}
