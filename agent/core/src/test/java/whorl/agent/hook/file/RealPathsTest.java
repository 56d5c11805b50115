package whorl.agent.hook.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.probe.TestInstrumentation;
import whorl.event.RequestContext;
import whorl.event.StackEnd;

class RealPathsTest {
  @TempDir Path temporary;
  private Path folder;
  private RealPaths paths;
  private int attempts;
  private int unresolved;

  @BeforeEach
  void prepare() throws Exception {
    Map<String, Set<Module>> opened = new HashMap<>();
    for (List<String> packages : RealPaths.packagesOpened().values()) {
      packages.forEach(name -> opened.put(name, Set.of(RealPaths.class.getModule())));
    }
    TestInstrumentation.get()
        .redefineModule(Object.class.getModule(), Set.of(), Map.of(), opened, Set.of(), Map.of());
    folder = temporary.toRealPath();
    paths = RealPaths.of(folder.toString());
    paths.prepare();
  }

  @AfterEach
  void noRequest() {
    CurrentRequest.set(null);
  }

  /** The file would be reported by the name of a link that leads to it. */
  @Test
  void ofName_whereTheStackHasNoRoom_isCountedAsThat() throws Exception {
    KernelPaths kernel = new KernelPaths();
    kernel.prepare();
    String file = Files.writeString(folder.resolve("file"), "a").toString();
    assertThat(kernel.ofName(file)).isEqualTo(file);
    int before = StackEnd.count();

    Thread thread = new Thread(null, () -> resolveAtTheEnd(kernel, file), "deep", 4 << 20);
    thread.start();
    thread.join();

    assertThat(unresolved).isPositive();
    assertThat(StackEnd.count() - before).isGreaterThanOrEqualTo(unresolved);
  }

  private void resolveAtTheEnd(KernelPaths kernel, String file) {
    try {
      resolveAtTheEnd(kernel, file);
    } catch (StackOverflowError end) {
      // Here it begins.
    }
    if (attempts < 400) {
      attempts++;
      try {
        unresolved += kernel.ofName(file) == null ? 1 : 0;
      } catch (StackOverflowError noRoom) {
        // The dispatcher counts it.
      }
    }
  }

  @Test
  void opened_symbolicLinkWithTheNameOfAFormerHardLink_leadsToItsOwnTarget() throws Exception {
    Path harmless = Files.writeString(folder.resolve("harmless"), "a");
    Path key = Files.writeString(folder.resolve("key"), "b");
    Path link = Files.createLink(folder.resolve("link"), harmless);
    paths.linked(link.toString(), harmless.toString());
    assertThat(opened(link)).isEqualTo(harmless.toString());

    Files.delete(link);
    Files.createSymbolicLink(link, key);

    assertThat(opened(link)).isEqualTo(key.toString());
    assertThat(paths.ofTarget(link.toString(), link.toString())).isEqualTo(key.toString());
  }

  @Test
  void opened_newFileWithTheNameOfAFormerHardLink_isItself() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "a");
    Path link = Files.createLink(folder.resolve("link"), other);
    paths.linked(link.toString(), other.toString());
    Files.delete(link);
    paths.removed(link.toString(), null);
    Files.writeString(link, "b");

    assertThat(opened(link)).isNull();
  }

  @Test
  void opened_hardLinkThroughALinkOfItsFolder_hasItsOtherName() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "b");
    Path within = Files.createDirectory(folder.resolve("within"));
    Path link = Files.createLink(within.resolve("link"), key);
    paths.linked(link.toString(), key.toString());
    Path way = Files.createSymbolicLink(folder.resolve("way"), within);
    CurrentRequest.set(new RequestContext("r1", "GET", "/", "10.0.0.1"));

    assertThat(opened(way.resolve("link"))).isEqualTo(key.toString());
  }

  @Test
  void opened_hardLinkOntoWhichItsFileIsRenamed_hasItsOtherName() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "b");
    Path link = Files.createLink(folder.resolve("link"), key);
    paths.linked(link.toString(), key.toString());
    assertThat(key.toFile().renameTo(link.toFile())).isTrue();
    paths.renamed(key.toString(), link.toString());

    assertThat(opened(link)).isEqualTo(key.toString());
  }

  private String opened(Path file) throws IOException {
    try (FileInputStream in = new FileInputStream(file.toString())) {
      return paths.ofOpened(file.toString(), file.toString(), KernelPaths.number(in.getFD()));
    }
  }
}
