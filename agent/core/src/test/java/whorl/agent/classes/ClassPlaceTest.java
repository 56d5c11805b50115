package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClassPlaceTest {
  @Test
  void of_folderAndJar_areTheOuterPlace() {
    assertThat(ClassPlace.of("file:/app/classes/"))
        .isEqualTo(new ClassPlace(Path.of("/app/classes"), null, ""));
    assertThat(ClassPlace.of("file:/app/with%20space/x.jar"))
        .isEqualTo(new ClassPlace(Path.of("/app/with space/x.jar"), null, ""));
  }

  @Test
  void of_jarInAJar_isItsEntry() {
    ClassPlace expected = new ClassPlace(Path.of("/app.jar"), "BOOT-INF/lib/x.jar", "");

    assertThat(ClassPlace.of("jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/")).isEqualTo(expected);
    assertThat(ClassPlace.of("jar:file:/app.jar!/BOOT-INF/lib/x.jar!/")).isEqualTo(expected);
  }

  @Test
  void of_folderInAJar_isAPrefix() {
    assertThat(ClassPlace.of("jar:nested:/app.jar/!BOOT-INF/classes/!/"))
        .isEqualTo(new ClassPlace(Path.of("/app.jar"), null, "BOOT-INF/classes/"));
  }

  @Test
  void of_jarInAWar_isItsEntry() {
    assertThat(ClassPlace.of("war:file:/x.war*/WEB-INF/lib/y.jar"))
        .isEqualTo(new ClassPlace(Path.of("/x.war"), "WEB-INF/lib/y.jar", ""));
  }

  @Test
  void of_otherUrls_isNull() {
    assertThat(ClassPlace.of("http://127.0.0.1/x.jar")).isNull();
    assertThat(ClassPlace.of("evil://host:99/path?q")).isNull();
    assertThat(ClassPlace.of("jrt:/java.base")).isNull();
    assertThat(ClassPlace.of(null)).isNull();
  }
}
