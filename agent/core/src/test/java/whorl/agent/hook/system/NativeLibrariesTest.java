package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
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
