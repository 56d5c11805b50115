package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.hook.code.DefinitionStack;
import whorl.agent.hook.code.NamedSources.Named;
import whorl.agent.hook.code.NamedSources.Verdict;

class NamedPlacesTest {
  private static final byte[] BYTES = {1, 2, 3};

  @TempDir Path folder;

  private static Named named(String className, String codeSource, byte... bytes) {
    return new Named(
        className,
        new WeakReference<>(NamedPlacesTest.class.getClassLoader()),
        codeSource,
        bytes,
        0,
        0,
        "main",
        null,
        DefinitionStack.here());
  }

  private static List<Verdict> compared(Named... named) {
    return new NamedPlaces().compare(List.of(named));
  }

  private Path jar() throws IOException {
    Path jar = folder.resolve("app.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("com/shop/View.class"));
      zip.write(BYTES);
    }
    return jar;
  }

  @Test
  void compare_jar_findsForeignClasses() throws Exception {
    String jar = jar().toUri().toString();

    assertThat(
            compared(
                named("com.shop.View", jar, BYTES),
                named("com.shop.View", jar, (byte) 9),
                named("com.shop.Evil", jar, BYTES)))
        .containsExactly(Verdict.SAME, Verdict.DIFFERENT, Verdict.ABSENT);
  }

  @Test
  void compare_folder_findsForeignClasses() throws Exception {
    Files.createDirectories(folder.resolve("com/shop"));
    Files.write(folder.resolve("com/shop/View.class"), BYTES);
    String place = folder.toUri().toString();

    assertThat(compared(named("com.shop.View", place, BYTES), named("com.shop.Evil", place, BYTES)))
        .containsExactly(Verdict.SAME, Verdict.ABSENT);
  }

  /** A pipe without a writer: opening it for reading does not return. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void compare_pipe_isNotOpened() throws Exception {
    Path pipe = folder.resolve("pipe.jar");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThat(
            compared(
                named("A", pipe.toUri().toString(), BYTES),
                named("A", "jar:" + pipe.toUri() + "!/inner.jar!/", BYTES)))
        .containsExactly(Verdict.UNKNOWN, Verdict.UNKNOWN);
  }

  /** The thread that compares must not be held up by what an intruder's file holds. */
  @Test
  void compare_compressedJarThatHoldsTooMuch_isNotReadToItsEnd() throws Exception {
    Path outer = folder.resolve("outer.jar");
    byte[] zeros = new byte[1 << 20];
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(outer))) {
      zip.putNextEntry(new ZipEntry("inner.jar"));
      ZipOutputStream inner = new ZipOutputStream(zip);
      inner.setLevel(Deflater.BEST_SPEED);
      inner.putNextEntry(new ZipEntry("com/shop/View.class"));
      inner.write(BYTES);
      inner.putNextEntry(new ZipEntry("zeros"));
      for (int i = 0; i <= 1 << 10; i++) {
        inner.write(zeros);
      }
      inner.putNextEntry(new ZipEntry("com/shop/Late.class"));
      inner.write(BYTES);
      inner.finish();
    }
    String place = "jar:" + outer.toUri() + "!/inner.jar!/";

    assertThat(compared(named("com.shop.View", place, BYTES), named("com.shop.Late", place, BYTES)))
        .containsExactly(Verdict.SAME, Verdict.UNKNOWN);
  }

  @Test
  void compare_missingPlace_hasNoClasses() {
    assertThat(
            compared(
                named("A", "file:/nowhere/app.jar", BYTES), named("A", "bundle://7.0/", BYTES)))
        .containsExactly(Verdict.ABSENT, Verdict.UNKNOWN);
  }

  @Test
  void compare_jdkImage_isNotAPlaceForAnApplicationsLoader() {
    Named own =
        new Named(
            "java.util.Evil",
            new WeakReference<>(new ClassLoader() {}),
            "jrt:/java.base",
            BYTES,
            0,
            0,
            "main",
            null,
            DefinitionStack.here());

    assertThat(compared(own)).containsExactly(Verdict.ABSENT);
  }
}
