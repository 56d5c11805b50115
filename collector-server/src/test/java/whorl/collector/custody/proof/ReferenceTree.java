package whorl.collector.custody.proof;

import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.Digest;

/** A tree computed as RFC 6962 defines it, by recursion over all leaves, with its tiles. */
final class ReferenceTree implements TileSource {
  final List<Digest> leaves = new ArrayList<>();
  final Map<String, byte[]> tiles = new HashMap<>();
  final TreeEdge edge = new TreeEdge();

  static ReferenceTree of(int leaves) throws Exception {
    ReferenceTree tree = new ReferenceTree();
    for (int i = 0; i < leaves; i++) {
      tree.add(("leaf " + i).getBytes());
    }
    return tree;
  }

  void add(byte[] leaf) throws Exception {
    leaves.add(TreeHash.leaf(leaf));
    edge.add(TreeHash.leaf(leaf), this::keep);
    edge.partialTiles(this::keep);
  }

  private void keep(TilePath path, List<Digest> hashes) {
    tiles.put(path.path(), Tile.bytes(hashes));
  }

  Digest root(int size) {
    return size == 0 ? TreeHash.EMPTY : root(leaves.subList(0, size));
  }

  private static Digest root(List<Digest> hashes) {
    if (hashes.size() == 1) {
      return hashes.get(0);
    }
    int split = Integer.highestOneBit(hashes.size() - 1);
    return TreeHash.node(
        root(hashes.subList(0, split)), root(hashes.subList(split, hashes.size())));
  }

  @Override
  public byte[] read(TilePath path) throws NoSuchFileException {
    byte[] content = tiles.get(path.path());
    if (content == null) {
      throw new NoSuchFileException(path.path());
    }
    return content;
  }
}
