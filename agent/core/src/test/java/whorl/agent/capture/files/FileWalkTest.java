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

/** Tests what is visited, and that a folder full of files does not hide the others. */
class FileWalkTest {
  private static final int MAX_DEPTH = 32;
  private static final int MANY = 2_000;

  @TempDir Path folder;
  private final List<Path> visited = new ArrayList<>();
  private Path crowded;
  private Path own;

  @BeforeEach
  void files() throws IOException {
    crowded = Files.createDirectories(folder.resolve("crowded"));
    for (int i = 0; i < MANY; i++) {
      Files.createFile(crowded.resolve("f" + i));
    }
    own = Files.createDirectories(folder.resolve("own"));
    Files.createDirectories(own.resolve("a/b"));
    Files.createFile(own.resolve("a/b/wanted"));
  }

  @Test
  void placeFullOfFiles_doesNotStarveTheOthers() throws Exception {
    FileWalk walk = walk(MANY / 4, new Place(crowded, MAX_DEPTH), new Place(own, MAX_DEPTH));

    assertThat(walk.cut()).isTrue();
    assertThat(visited).contains(own.resolve("a/b/wanted"));
    assertThat(walk.entries()).isEqualTo(visited.size()).isLessThanOrEqualTo(MANY / 4);
  }

  @Test
  void folderFullOfFolders_doesNotStarveTheOtherPlaces() throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.createDirectories(crowded.resolve("d" + i + "/e"));
    }
    walk(MANY / 4, new Place(crowded, MAX_DEPTH), new Place(own, MAX_DEPTH));

    assertThat(visited).contains(own.resolve("a/b/wanted"));
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
    FileWalk walk = walk(MANY, places.toArray(Place[]::new));

    assertThat(walk.cut()).isFalse();
    assertThat(visited).containsAll(files);
  }

  @Test
  void nestedPlace_isVisitedOnceToTheGreaterDepth() throws Exception {
    walk(MANY * 2, new Place(own, 1), new Place(folder, MAX_DEPTH));

    assertThat(visited).contains(own.resolve("a/b/wanted"));
    assertThat(visited.stream().filter(own.resolve("a")::equals)).hasSize(1);
    assertThat(visited.stream().filter(crowded.resolve("f1")::equals)).hasSize(1);
  }

  @Test
  void linkAndClosedFolder_areVisitedButNotEntered() throws Exception {
    Path away = Files.createDirectories(folder.resolve("away"));
    Files.createFile(away.resolve("beyond"));
    Files.createSymbolicLink(own.resolve("link"), away);
    Path closed = Files.createDirectories(own.resolve("closed"));
    Files.createFile(closed.resolve("within"));
    walk(MANY, Set.of(closed), new Place(own, MAX_DEPTH));

    assertThat(visited).contains(own.resolve("link"), closed);
    assertThat(visited)
        .doesNotContain(own.resolve("link/beyond"), away.resolve("beyond"))
        .doesNotContain(closed.resolve("within"));
  }

  @Test
  void timeLimit_endsTheWalk() throws Exception {
    FileWalk walk =
        new FileWalk(
            new FileWalk.Scope(List.of(new Place(crowded, MAX_DEPTH)), path -> false),
            new FileStates((module, name) -> {}),
            MANY,
            0,
            () -> 1,
            (path, state) -> visited.add(path));
    walk.walk();

    assertThat(walk.cut()).isTrue();
    assertThat(visited).containsExactly(crowded);
  }

  @Test
  void missingPlace_isCounted() throws Exception {
    FileWalk walk =
        walk(MANY, new Place(folder.resolve("gone"), MAX_DEPTH), new Place(own, MAX_DEPTH));

    assertThat(walk.unreadable()).isOne();
    assertThat(visited).contains(own.resolve("a/b/wanted"));
  }

  private FileWalk walk(int maxEntries, Place... places) throws Exception {
    return walk(maxEntries, Set.of(), places);
  }

  private FileWalk walk(int maxEntries, Set<Path> closed, Place... places) throws Exception {
    FileWalk walk =
        new FileWalk(
            new FileWalk.Scope(List.of(places), closed::contains),
            new FileStates((module, name) -> {}),
            maxEntries,
            System.nanoTime() + TimeUnit.MINUTES.toNanos(1),
            System::nanoTime,
            (path, state) -> visited.add(path));
    walk.walk();
    return walk;
  }
}
