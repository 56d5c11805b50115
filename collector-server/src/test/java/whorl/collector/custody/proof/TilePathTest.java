package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilePathTest {
  @Test
  void paths_areThoseOfTheSpecification() {
    assertThat(new TilePath(0, 1_234_067, 256).path()).isEqualTo("tile/0/x001/x234/067");
    assertThat(new TilePath(TilePath.ENTRIES, 0, 256).path()).isEqualTo("tile/entries/000");
    assertThat(TilePath.of(1, 0, 7).path()).isEqualTo("tile/1/000.p/7");
    assertThat(TilePath.of(0, 273, 70_000).path()).isEqualTo("tile/0/273.p/112");
  }

  @Test
  void parse_isTheInverse() {
    for (long index : new long[] {0, 7, 999, 1000, 1_234_067, 999_999_999_999L}) {
      for (int level = TilePath.ENTRIES; level <= 5; level++) {
        for (int width : new int[] {1, 255, 256}) {
          TilePath path = new TilePath(level, index, width);
          assertThat(TilePath.parse(path.path())).isEqualTo(path);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile/0",
        "tile/6/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/001/002",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/../../log.key",
        "tile/entries/000.p/",
        "tile/0/000\n"
      })
  void otherPaths_areNone(String path) {
    assertThat(TilePath.parse(path)).isNull();
  }

  @Test
  void bundle_holdsEachLeafBehindItsLength() throws Exception {
    byte[] longest = new byte[Tile.LEAF_MAX_BYTES];
    byte[] bundle = Tile.bundle(List.of(new byte[0], new byte[] {5}, longest));

    assertThat(bundle).startsWith(0, 0, 0, 1, 5, 0xff, 0xff);
    assertThat(Tile.leaves(bundle)).containsExactly(new byte[0], new byte[] {5}, longest);
    assertThatThrownBy(() -> Tile.leaves(java.util.Arrays.copyOf(bundle, 6)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Tile.bundle(List.of(new byte[Tile.LEAF_MAX_BYTES + 1])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
