package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;

class NativeLibrariesTest {
  @TempDir Path folder;

  @Test
  void isReported_libraryOfTheSameNameElsewhere_isNot() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real")).toRealPath();
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    NativeLibraries libraries = new NativeLibraries();
    libraries.reported(link.resolve("libzip.so").toString());
    libraries.reported("libfound.so");

    assertThat(libraries.isReported(real.resolve("libzip.so").toString())).isTrue();
    assertThat(libraries.isReported(real.resolve("libzip.so") + " (deleted)")).isTrue();
    assertThat(libraries.isReported("/opt/native/libfound.so")).isTrue();
    assertThat(libraries.isReported("/tmp/x/libzip.so")).isFalse();
    assertThat(libraries.isReported(real.resolve("libevil.so").toString())).isFalse();
  }

  /** Any code can look up {@code libz.so.1} in the system, and then load its own of that name. */
  @Test
  void isReported_nameThatTheSystemSearches_excusesNoFileInAWritablePlace() {
    NativeLibraries libraries = new NativeLibraries();
    libraries.reported("libz.so.1");

    assertThat(libraries.isReported("/opt/native/libz.so.1")).isTrue();
    assertThat(libraries.isReported("/tmp/libz.so.1")).isFalse();
    assertThat(libraries.isReported("/dev/shm/x/libz.so.1 (deleted)")).isFalse();
    libraries.reported("memfd:a");
    assertThat(libraries.isReported("/memfd:a (deleted)")).isFalse();
  }

  /** Another agent that updates itself deletes the files of the version that runs. */
  @Test
  void check_libraryOfTheFirstCheckWhoseFileIsDeleted_isNoLoad() {
    EventSink sink = new EventSink(new EpochClock());
    NativeLibraries libraries = new NativeLibraries();

    libraries.check(sink, Set.of("/opt/monitor/1/libagent.so"));
    libraries.check(sink, Set.of("/opt/monitor/1/libagent.so (deleted)"));
    assertThat(sink.snapshot()).isEmpty();

    libraries.check(sink, Set.of("/opt/native/liblater.so"));
    libraries.check(sink, Set.of("/opt/native/liblater.so (deleted)"));
    assertThat(sink.snapshot())
        .extracting(event -> event.value(0))
        .containsExactly("/opt/native/liblater.so", "/opt/native/liblater.so (deleted)");
  }

  @Test
  void executable_lineOfMaps_isThePathOfMappedCode() {
    assertThat(
            NativeLibraries.executable(
                "7f01-7f02 r-xp 00001000 08:01 42                 /tmp/a b.so (deleted)"))
        .isEqualTo("/tmp/a b.so (deleted)");
    assertThat(NativeLibraries.executable("7f01-7f02 r--p 00001000 08:01 42 /tmp/x.so")).isNull();
    assertThat(NativeLibraries.executable("7f01-7f02 rwxp 00000000 00:00 0")).isNull();
    assertThat(NativeLibraries.executable("7f01-7f02 r-xp 00000000 00:00 0 [vdso]")).isNull();
    assertThat(NativeLibraries.executable("")).isNull();
  }
}
