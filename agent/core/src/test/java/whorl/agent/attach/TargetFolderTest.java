package whorl.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetFolderTest {
  private static final Owner SAME = new Owner(0, 0, false);

  @TempDir Path temporary;

  @Test
  void jarAndSettings_areReadableAsNeeded_andTakenAway() throws Exception {
    Path jar = Files.writeString(temporary.resolve("a.jar"), "jar");
    Properties settings = new Properties();
    settings.setProperty("collector.token", "secret");

    Path inside;
    try (TargetFolder folder = TargetFolder.create(temporary, SAME)) {
      String options = folder.fill(jar, settings, null);
      inside = folder();

      assertThat(options)
          .startsWith("/tmp/" + inside.getFileName() + "/whorl-agent.jar=attach.answer=/tmp/")
          .doesNotContain("secret");
      assertThat(options.length()).as("HotSpot takes 1024 characters").isLessThan(1_000);
      assertThat(mode(inside.resolve("whorl-agent.jar"))).isEqualTo("r--r--r--");
      assertThat(mode(inside.resolve("settings"))).isEqualTo("r--------");
      Files.writeString(inside.resolve("answer"), "one\ntwo\n");
      assertThat(folder.answer()).containsExactly("one", "two");
      folder.deleteSettings();
      assertThat(inside.resolve("settings")).doesNotExist();
    }

    assertThat(inside).doesNotExist();
  }

  @Test
  void certificates_stay() throws Exception {
    Path jar = Files.writeString(temporary.resolve("a.jar"), "jar");
    try (TargetFolder folder = TargetFolder.create(temporary, SAME)) {
      folder.fill(jar, new Properties(), "PEM".getBytes(StandardCharsets.UTF_8));
      assertThat(Files.readString(folder().resolve("settings"))).contains("collector.ca=/tmp/");
    }

    try (Stream<Path> left = Files.list(folder())) {
      assertThat(left.map(path -> path.getFileName().toString()).toList())
          .isEqualTo(List.of("ca.pem"));
    }
  }

  @Test
  void folderThatIsReplacedByALink_isNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Path jar = Files.writeString(temporary.resolve("a.jar"), "jar");
    Path real = temporary.resolve("real");
    try (TargetFolder folder = TargetFolder.create(temporary, new Owner(65532, 65532, isRoot()))) {
      Path name;
      try (Stream<Path> all = Files.list(temporary)) {
        name =
            all.filter(path -> path.getFileName().toString().startsWith("whorl-attach-"))
                .findFirst()
                .orElseThrow();
      }
      Files.move(name, real);
      Files.createSymbolicLink(name, elsewhere);

      folder.fill(jar, new Properties(), null);

      assertThat(elsewhere).isEmptyDirectory();
      assertThat(real.resolve("settings")).exists();
      if (isRoot()) {
        assertThat(Files.getAttribute(real.resolve("settings"), "unix:uid")).isEqualTo(65532);
      }
      Files.delete(name);
      Files.move(real, name);
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).containsExactlyInAnyOrder(elsewhere, jar);
    }
  }

  private static boolean isRoot() throws Exception {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private Path folder() throws Exception {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
