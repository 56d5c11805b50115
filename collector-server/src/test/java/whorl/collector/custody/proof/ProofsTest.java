package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import whorl.evidence.Digest;

/** Proofs from tiles, against a tree that is computed as RFC 6962 defines it. */
class ProofsTest {
  private static final Digest OTHER = Digest.of(new byte[] {1});

  @Test
  void everyProof_ofSmallTrees_holds_andNoOtherDoes() throws Exception {
    ReferenceTree tree = ReferenceTree.of(34);
    ProofMaker maker = new ProofMaker(tree, 34);
    for (int size = 1; size <= 34; size++) {
      Digest root = tree.root(size);
      assertThat(maker.root(size)).isEqualTo(root);
      for (int index = 0; index < size; index++) {
        List<Digest> proof = maker.inclusion(index, size);
        Digest leaf = tree.leaves.get(index);
        assertThat(Proofs.isIncluded(leaf, index, size, proof, root)).isTrue();
        assertThat(Proofs.isIncluded(OTHER, index, size, proof, root)).isFalse();
        assertThat(Proofs.isIncluded(leaf, index + 1, size, proof, root)).isFalse();
        for (int i = 0; i < proof.size(); i++) {
          List<Digest> changed = new ArrayList<>(proof);
          changed.set(i, OTHER);
          assertThat(Proofs.isIncluded(leaf, index, size, changed, root)).isFalse();
          changed.remove(i);
          assertThat(Proofs.isIncluded(leaf, index, size, changed, root)).isFalse();
        }
      }
      for (int smaller = 0; smaller <= size; smaller++) {
        List<Digest> proof = maker.consistency(smaller, size);
        Digest before = tree.root(smaller);
        assertThat(Proofs.isConsistent(smaller, before, size, root, proof)).isTrue();
        assertThat(Proofs.isConsistent(smaller, OTHER, size, root, proof)).isFalse();
        if (smaller > 0) {
          assertThat(Proofs.isConsistent(smaller, before, size, OTHER, proof)).isFalse();
        }
        List<Digest> longer = new ArrayList<>(proof);
        longer.add(OTHER);
        assertThat(Proofs.isConsistent(smaller, before, size, root, longer)).isFalse();
      }
    }
  }

  /** Else the proofs of evidence with thousands of entries take minutes, and much memory. */
  @Test
  void nodesThatProofsHaveInCommon_areComputedOnce() throws Exception {
    ProofMaker maker = new ProofMaker(ReferenceTree.of(600), 600);

    List<Digest> first = maker.inclusion(0, 600);
    List<Digest> second = maker.inclusion(2, 600);

    for (int row = 2; row < 8; row++) {
      assertThat(second.get(row)).isSameAs(first.get(row));
    }
  }

  @Test
  void randomProofs_ofATreeOfSeveralLevels_hold() throws Exception {
    int size = 70_000;
    ReferenceTree tree = new ReferenceTree();
    for (int i = 0; i < size; i++) {
      Digest leaf = TreeHash.leaf(new byte[] {(byte) i, (byte) (i >> 8), (byte) (i >> 16)});
      tree.leaves.add(leaf);
      tree.edge.add(leaf, (path, hashes) -> tree.tiles.put(path.path(), Tile.bytes(hashes)));
    }
    tree.edge.partialTiles((path, hashes) -> tree.tiles.put(path.path(), Tile.bytes(hashes)));
    ProofMaker maker = new ProofMaker(tree, size);
    Random random = new Random(7);
    assertThat(maker.root(size)).isEqualTo(tree.root(size)).isEqualTo(tree.edge.root());
    for (int i = 0; i < 20; i++) {
      int larger = 1 + random.nextInt(size);
      int smaller = random.nextInt(larger + 1);
      int index = random.nextInt(larger);
      Digest root = tree.root(larger);
      assertThat(maker.root(larger)).isEqualTo(root);
      assertThat(
              Proofs.isConsistent(
                  smaller, tree.root(smaller), larger, root, maker.consistency(smaller, larger)))
          .isTrue();
      assertThat(
              Proofs.isIncluded(
                  tree.leaves.get(index), index, larger, maker.inclusion(index, larger), root))
          .isTrue();
    }
  }

  @Test
  void edge_restoredFromTiles_growsAsBefore() throws Exception {
    for (int size : new int[] {0, 1, 255, 256, 257, 512, 600}) {
      ReferenceTree tree = ReferenceTree.of(size);
      TreeEdge restored = TreeEdge.read(tree, size);
      assertThat(restored.root()).isEqualTo(tree.root(size));
      for (int i = 0; i < 300; i++) {
        Digest leaf = TreeHash.leaf(new byte[] {(byte) i});
        tree.edge.add(leaf, (path, hashes) -> {});
        restored.add(leaf, (path, hashes) -> {});
      }
      assertThat(restored.root()).isEqualTo(tree.edge.root());
      assertThat(restored.size()).isEqualTo(tree.edge.size());
    }
  }

  @Test
  void swappedTile_makesAnotherRoot() throws Exception {
    ReferenceTree tree = ReferenceTree.of(600);
    Digest root = tree.root(600);
    tree.tiles.put("tile/0/000", tree.tiles.get("tile/0/001"));

    ProofMaker maker = new ProofMaker(tree, 600);
    assertThat(Proofs.isIncluded(tree.leaves.get(3), 3, 600, maker.inclusion(3, 600), root))
        .isFalse();
  }

  @Test
  void proofBeyondTheTree_isRefused() throws Exception {
    ProofMaker maker = new ProofMaker(ReferenceTree.of(3), 3);

    assertThatThrownBy(() -> maker.inclusion(3, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> maker.consistency(2, 4)).isInstanceOf(IllegalArgumentException.class);
  }
}
