package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.http.request.Role;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;

class StaticRoutesTest {
  private final FakeClient browser = new FakeClient(new StaticRoutes().routes(), Role.VIEWER);

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/page/test-page.js, text/javascript; charset=utf-8",
    "/lib/preact.js, text/javascript; charset=utf-8",
    "/lib/uplot.js, text/javascript; charset=utf-8",
    "/lib/uplot.css, text/css; charset=utf-8",
  })
  void everyFile_hasStrictHeaders(String path, String mediaType) {
    Answer answer = browser.get(path);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers())
        .containsEntry("Content-Type", mediaType)
        .containsEntry("Cache-Control", "no-cache")
        .containsEntry("Referrer-Policy", "no-referrer")
        .containsEntry("X-Frame-Options", "DENY")
        .containsEntry("Cross-Origin-Opener-Policy", "same-origin")
        .containsKey("Permissions-Policy");
    assertThat(answer.headers().get("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .contains("frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("unsafe");
    assertThat(answer.body()).isNotEmpty();
  }

  @Test
  void cachedFile_isNotSentAgain() {
    String etag = browser.get("/lib/uplot.css").headers().get("ETag");

    Answer again = request("/lib/uplot.css", "\"other\", W/" + etag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers()).containsEntry("ETag", etag).containsKey("Content-Security-Policy");
    assertThat(request("/lib/uplot.css", "\"other\"").status()).isEqualTo(200);
  }

  private Answer request(String path, String ifNoneMatch) {
    return browser.call("GET", path, Map.of("If-None-Match", ifNoneMatch), new byte[0]);
  }

  @Test
  void library_importsNothing_andNamesNoSourceMap() {
    assertThat(new String(browser.get("/lib/preact.js").body()))
        .isNotEmpty()
        .doesNotContain("from\"", "sourceMappingURL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page/nothing.js",
        "/page/../openapi.yaml",
        "/page/..%2fopenapi.yaml",
        "/page/x/../../openapi.yaml",
        "/page/.hidden.js",
        "/page/index.html/",
        "/page//index.html",
        "/page/index.class",
        "/page/test-page.js.map",
        "/page/a/b/c/d/e/f.js",
        "/lib/../page/index.html",
        "/lib/preact.module.js",
        "/lib/LICENSE",
        "/lib/.",
      })
  void otherFiles_areNotServed(String path) {
    Answer answer;
    try {
      answer = browser.get(path);
    } catch (AssertionError noRoute) {
      return;
    }
    assertThat(answer.status()).isEqualTo(404);
  }
}
