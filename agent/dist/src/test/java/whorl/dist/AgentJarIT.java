package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the one jar may hold. */
class AgentJarIT {
  private static final int JAVA_8 = 52;
  private static final List<Pattern> ALLOWED =
      List.of(
          Pattern.compile("META-INF/MANIFEST\\.MF"),
          Pattern.compile("META-INF/whorl/java/lang/WhorlHooks\\.class"),
          Pattern.compile(
              "whorl/boot/(Agent|Applicability|IsolatedLoader|Main|package-info)\\.class"),
          Pattern.compile(
              "inst/(whorl|com/fasterxml/jackson|io/netty|org/slf4j|org/snakeyaml/engine"
                  + "|net/bytebuddy/jar/asm|com/exceptionfactory/jagged)/.*\\.classdata"),
          Pattern.compile("inst/whorl/(recording\\.properties|version\\.txt|rules/.*)"),
          Pattern.compile("inst/META-INF/services/[A-Za-z0-9_.]+"),
          Pattern.compile("inst/META-INF/[A-Za-z-]*(LICENSE|NOTICE|licenses)[A-Za-z./-]*"));

  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(ChildJvm.agentJar().toFile());
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void entries_areOnTheList() {
    List<String> others =
        jar.stream()
            .filter(entry -> !entry.isDirectory())
            .map(ZipEntry::getName)
            .filter(name -> ALLOWED.stream().noneMatch(one -> one.matcher(name).matches()))
            .toList();

    assertThat(others).isEmpty();
  }

  @Test
  void manifest_namesTheAgent() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();

    assertThat(manifest.getValue("Premain-Class")).isEqualTo("whorl.boot.Agent");
    assertThat(manifest.getValue("Can-Retransform-Classes")).isEqualTo("true");
    assertThat(manifest.getValue("Boot-Class-Path")).isNull();
    assertThat(manifest.getValue("Implementation-Version")).matches("\\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void bootstrapClasses_loadOnJava8_whichIsToldThatItIsTooOld() throws IOException {
    for (ZipEntry entry : List.of(jar.getEntry("whorl/boot/Agent.class"))) {
      try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
        in.readInt();
        in.readUnsignedShort();
        assertThat(in.readUnsignedShort()).isEqualTo(JAVA_8);
      }
    }
  }
}
