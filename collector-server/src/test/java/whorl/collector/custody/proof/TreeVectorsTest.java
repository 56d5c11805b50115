package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.evidence.Digest;

/** The leaves, roots and proofs that the Certificate Transparency implementations share. */
class TreeVectorsTest {
  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");
  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final ReferenceTree tree = new ReferenceTree();

  @BeforeEach
  void grow() throws Exception {
    for (String leaf : LEAVES) {
      assertThat(tree.edge.root().hex()).isEqualTo(ROOTS.get(tree.leaves.size()));
      tree.add(HexFormat.of().parseHex(leaf));
    }
  }

  @Test
  void roots_areThePublishedOnes() throws Exception {
    ProofMaker maker = new ProofMaker(tree, LEAVES.size());
    for (int size = 0; size <= LEAVES.size(); size++) {
      assertThat(maker.root(size).hex()).isEqualTo(ROOTS.get(size));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, ''",
    "1, 5, 6e340b9cffb37a98 5f083f0a1a33ca07 bc1a0643b12e4d2d",
    "2, 3, fac54203e7cc696c",
    "0, 8, 96a296d224f285c6 5f083f0a1a33ca07 6b47aaf29ee3c2af",
    "5, 8, bc1a0643b12e4d2d ca854ea128ed050b d37ee418976dd957"
  })
  void inclusionProofs_areThePublishedOnes(int index, int size, String begins) throws Exception {
    List<Digest> proof = new ProofMaker(tree, LEAVES.size()).inclusion(index, size);

    assertThat(begin(proof)).isEqualTo(begins);
    assertThat(
            Proofs.isIncluded(
                tree.leaves.get(index), index, size, proof, new Digest(ROOTS.get(size))))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, ''",
    "1, 8, 96a296d224f285c6 5f083f0a1a33ca07 6b47aaf29ee3c2af",
    "2, 5, 5f083f0a1a33ca07 bc1a0643b12e4d2d",
    "6, 8, 0ebc5d3437fbe2db ca854ea128ed050b d37ee418976dd957"
  })
  void consistencyProofs_areThePublishedOnes(int smaller, int larger, String begins)
      throws Exception {
    List<Digest> proof = new ProofMaker(tree, LEAVES.size()).consistency(smaller, larger);

    assertThat(begin(proof)).isEqualTo(begins);
    assertThat(
            Proofs.isConsistent(
                smaller,
                new Digest(ROOTS.get(smaller)),
                larger,
                new Digest(ROOTS.get(larger)),
                proof))
        .isTrue();
  }

  private static String begin(List<Digest> proof) {
    return String.join(" ", proof.stream().map(hash -> hash.hex().substring(0, 16)).toList());
  }
}
