package whorl.agent.hook.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import org.junit.jupiter.api.Test;

class CodeSourceTextsTest {
  private final CodeSourceTexts texts = new CodeSourceTexts();

  @Test
  void text_isCorrectForManySources() throws Exception {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1_000; i++) {
        String place = "file:/app/lib/" + i + ".jar";
        assertThat(texts.of(domain(place))).isEqualTo(place);
      }
    }
    ProtectionDomain protectionDomain = domain("file:/one.jar");
    assertThat(texts.of(protectionDomain)).isSameAs(texts.of(protectionDomain));
  }

  @Test
  void noSource_hasNoText() throws Exception {
    assertThat(texts.of(null)).isNull();
    assertThat(texts.of(new ProtectionDomain(null, null))).isNull();
    CodeSource nowhere = new CodeSource(null, (Certificate[]) null);
    assertThat(texts.of(new ProtectionDomain(nowhere, null))).isNull();
  }

  @Test
  void urlHandler_isNotCalled() throws Exception {
    URL url = new URL(null, "app://host:7/a?b#c", new LyingHandler());
    CodeSource source = new CodeSource(url, (Certificate[]) null);

    assertThat(texts.of(new ProtectionDomain(source, null))).isEqualTo("app://host:7/a?b#c");
  }

  private static final class LyingHandler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      throw new AssertionError("a method of the application was called");
    }

    @Override
    protected String toExternalForm(URL url) {
      throw new AssertionError("a method of the application was called");
    }
  }

  private static ProtectionDomain domain(String place) throws Exception {
    CodeSource source = new CodeSource(URI.create(place).toURL(), (Certificate[]) null);
    return new ProtectionDomain(source, null);
  }
}
