package whorl.agent.capture.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.files.SearchRoots.Place;

/** What is looked at, and that a folder full of files does not hide the others. */
class FileWalkTest {
  private static final int DEEP = 32;
  private static final int CROWD = 2_000;

  @TempDir Path folder;
  private final List<Path> told = new ArrayList<>();
  private Path crowded;
  private Path own;

  @BeforeEach
  void files() throws IOException {
    crowded = Files.createDirectories(folder.resolve("crowded"));
    for (int i = 0; i < CROWD; i++) {
      Files.createFile(crowded.resolve("f" + i));
    }
    own = Files.createDirectories(folder.resolve("own"));
    Files.createDirectories(own.resolve("a/b"));
    Files.createFile(own.resolve("a/b/wanted"));
  }

  @Test
  void placeFullOfFiles_leavesTheOthersTheirTurn() throws Exception {
    FileWalk walk = walk(CROWD / 4, new Place(crowded, DEEP), new Place(own, DEEP));

    assertThat(walk.cut()).isTrue();
    assertThat(told).contains(own.resolve("a/b/wanted"));
    assertThat(walk.entries()).isEqualTo(told.size()).isLessThanOrEqualTo(CROWD / 4);
  }

  @Test
  void folderFullOfFolders_leavesTheOtherPlacesTheirTurn() throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.createDirectories(crowded.resolve("d" + i + "/e"));
    }
    walk(CROWD / 4, new Place(crowded, DEEP), new Place(own, DEEP));

    assertThat(told).contains(own.resolve("a/b/wanted"));
  }

  @Test
  void morePlacesThanAreWalkedAtATime_areAllWalked() throws Exception {
    List<Place> places = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Path place = Files.createDirectories(folder.resolve("p" + i));
      files.add(Files.createFile(place.resolve("file")));
      places.add(new Place(place, 1));
    }
    FileWalk walk = walk(CROWD, places.toArray(Place[]::new));

    assertThat(walk.cut()).isFalse();
    assertThat(told).containsAll(files);
  }

  @Test
  void placeWithinAnother_isToldOnceButAsDeepAsTheDeeper() throws Exception {
    walk(CROWD * 2, new Place(own, 1), new Place(folder, DEEP));

    assertThat(told).contains(own.resolve("a/b/wanted"));
    assertThat(told.stream().filter(own.resolve("a")::equals)).hasSize(1);
    assertThat(told.stream().filter(crowded.resolve("f1")::equals)).hasSize(1);
  }

  @Test
  void linkAndClosedFolder_areToldButNotFollowed() throws Exception {
    Path away = Files.createDirectories(folder.resolve("away"));
    Files.createFile(away.resolve("beyond"));
    Files.createSymbolicLink(own.resolve("link"), away);
    Path closed = Files.createDirectories(own.resolve("closed"));
    Files.createFile(closed.resolve("within"));
    walk(CROWD, Set.of(closed), new Place(own, DEEP));

    assertThat(told).contains(own.resolve("link"), closed);
    assertThat(told)
        .doesNotContain(own.resolve("link/beyond"), away.resolve("beyond"))
        .doesNotContain(closed.resolve("within"));
  }

  @Test
  void timeThatIsUp_endsTheWalk() throws Exception {
    FileWalk walk =
        new FileWalk(
            new FileWalk.Ground(List.of(new Place(crowded, DEEP)), path -> false),
            new FileStates((module, name) -> {}),
            CROWD,
            0,
            () -> 1,
            (path, state) -> told.add(path));
    walk.walk();

    assertThat(walk.cut()).isTrue();
    assertThat(told).containsExactly(crowded);
  }

  @Test
  void placeThatIsGone_isCounted() throws Exception {
    FileWalk walk = walk(CROWD, new Place(folder.resolve("gone"), DEEP), new Place(own, DEEP));

    assertThat(walk.unreadable()).isOne();
    assertThat(told).contains(own.resolve("a/b/wanted"));
  }

  private FileWalk walk(int maxEntries, Place... places) throws Exception {
    return walk(maxEntries, Set.of(), places);
  }

  private FileWalk walk(int maxEntries, Set<Path> closed, Place... places) throws Exception {
    FileWalk walk =
        new FileWalk(
            new FileWalk.Ground(List.of(places), closed::contains),
            new FileStates((module, name) -> {}),
            maxEntries,
            System.nanoTime() + TimeUnit.MINUTES.toNanos(1),
            System::nanoTime,
            (path, state) -> told.add(path));
    walk.walk();
    return walk;
  }
}
