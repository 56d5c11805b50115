package whorl.agent.capture.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.agent.capture.Captures;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.RecordedOutput;
import whorl.agent.capture.jvm.GeneratedClassFiles.KeptClass;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

class ClassesSourceTest {
  /** A class whose class file the tests define again. */
  static final class Victim implements Runnable {
    static {
      initialised = true;
    }

    @Override
    public void run() {}
  }

  static boolean initialised;

  private final RecordedOutput out = new RecordedOutput();

  @Test
  void collect_classesOfEachLoader_areListed() throws Exception {
    collect(String.class, ClassesSourceTest.class, int[].class, int.class);

    List<JsonNode> lines = out.lines(ClassesSource.NAME);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("loader").asText()).isEqualTo("boot");
    assertThat(lines.get(0).get("module").asText()).isEqualTo("java.base");
    assertThat(lines.get(0).get("superclass").asText()).isEqualTo("java.lang.Object");
    assertThat(lines.get(0).get("interfaces").toString()).contains("java.lang.CharSequence");
    assertThat(lines.get(1).get("loader").asText()).contains("ClassLoaders$AppClassLoader@");
    assertThat(lines.get(1).get("parents")).hasSize(1);
    assertThat(lines.get(1).get("codeSource").asText()).startsWith("file:");
    assertThat(lines.get(1).get("hidden").asBoolean()).isFalse();
  }

  @Test
  void collect_applicationsOwnLoaderAndUrl_areNeverCalled() throws Exception {
    Class<?> defined = new HostileLoader().define(bytes(Victim.class));
    initialised = false;

    collect(defined);

    JsonNode line = out.lines(ClassesSource.NAME).get(0);
    assertThat(line.get("name").asText()).isEqualTo(Victim.class.getName());
    assertThat(line.get("loader").asText()).startsWith(HostileLoader.class.getName() + "@");
    assertThat(line.get("codeSource").asText()).isEqualTo("evil://host:99/path?q");
    assertThat(initialised).isFalse();
  }

  @Test
  void collect_hiddenClass_isFlagged() throws Exception {
    Class<?> hidden =
        MethodHandles.lookup().defineHiddenClass(bytes(Victim.class), false).lookupClass();

    collect(hidden);

    assertThat(out.lines(ClassesSource.NAME).get(0).get("hidden").asBoolean()).isTrue();
  }

  @Test
  void collect_storedClassFiles_areWrittenOnceAndReferenced() throws Exception {
    byte[] bytes = bytes(Victim.class);
    Digest sha256 = Digest.of(bytes);
    KeptClass kept = new KeptClass(Victim.class.getName(), sha256, bytes);
    KeptClass sameBytes = new KeptClass("x.Other", sha256, bytes);

    source(() -> List.of(kept, sameBytes), Victim.class).collect(Captures.context("classes"), out);

    assertThat(out.artifacts.get("classes/" + sha256 + ".class").toByteArray()).isEqualTo(bytes);
    assertThat(out.artifacts).hasSize(3);
    assertThat(out.lines(ClassesSource.NAME).get(0).at("/keptBytes/0").asText())
        .isEqualTo(sha256.hex());
  }

  @Test
  void collect_tooManyStoredClassFiles_areBoundedAndReported() throws Exception {
    byte[] large = new byte[20 << 20];
    List<KeptClass> four =
        List.of("a", "b", "c", "d").stream()
            .map(name -> new KeptClass(name, Digest.of(name.getBytes()), large))
            .toList();

    source(() -> four).collect(Captures.context("classes"), out);

    assertThat(out.artifacts).hasSize(5);
    assertThat(out.missing.get("classes")).startsWith("1 class files beyond the limit");
  }

  @Test
  void jsonLines_beyondTheBound_areCountedAndReported() throws IOException {
    try (JsonLines lines = new JsonLines(new ArtifactName("x.ndjson"), out, 20_000)) {
      for (int i = 0; i < 10_000; i++) {
        lines.write(List.of("0123456789"));
      }
    }

    assertThat(out.artifacts.get("x.ndjson").size()).isBetween(20_000, 40_000);
    assertThat(out.missing.get("x.ndjson")).startsWith("cut at 20000 bytes: ");
    assertThat(out.text(new ArtifactName("x.ndjson"))).endsWith("]\n");
  }

  private void collect(Class<?>... classes) throws Exception {
    source(List::of, classes).collect(Captures.context("classes"), out);
  }

  private static ClassesSource source(GeneratedClassFiles kept, Class<?>... classes) {
    return new ClassesSource(() -> classes, kept, Captures.CLOSED);
  }

  private static byte[] bytes(Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream in = ClassesSourceTest.class.getClassLoader().getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static final class HostileLoader extends ClassLoader {
    // The JDK itself calls for names and hash codes while the class is defined.
    private boolean armed;

    HostileLoader() {
      super("evil", ClassesSourceTest.class.getClassLoader());
    }

    Class<?> define(byte[] bytes) throws IOException {
      URLStreamHandler handler =
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
              throw new AssertionError("called the application's code");
            }

            @Override
            protected String toExternalForm(URL url) {
              refuseIfArmed();
              return super.toExternalForm(url);
            }
          };
      @SuppressWarnings("deprecation")
      URL url = new URL(null, "evil://host:99/path?q", handler);
      CodeSource source = new CodeSource(url, (Certificate[]) null);
      Class<?> defined =
          defineClass(
              Victim.class.getName(), bytes, 0, bytes.length, new ProtectionDomain(source, null));
      armed = true;
      return defined;
    }

    @Override
    public String getName() {
      refuseIfArmed();
      return super.getName();
    }

    @Override
    public String toString() {
      refuseIfArmed();
      return super.toString();
    }

    @Override
    public int hashCode() {
      refuseIfArmed();
      return super.hashCode();
    }

    private void refuseIfArmed() {
      if (armed) {
        throw new AssertionError("called the application's code");
      }
    }
  }
}
