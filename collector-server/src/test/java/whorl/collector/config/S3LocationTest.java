package whorl.collector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
  @Test
  void everything_isRead() {
    S3Location location =
        S3Location.parse(
            "s3://evidence/whorl/a?endpoint=http://127.0.0.1:9000&region=eu-west-1"
                + "&path-style=false&sse=aws:kms&kms-key=alias/whorl",
            Map.of());

    assertThat(location)
        .isEqualTo(
            new S3Location(
                "evidence",
                "whorl/a/",
                URI.create("http://127.0.0.1:9000"),
                "eu-west-1",
                false,
                "aws:kms",
                "alias/whorl",
                null));
    assertThat(location.name()).isEqualTo("s3://evidence/whorl/a/");
  }

  @Test
  void environment_isUsedForWhatIsNotGiven() {
    Map<String, String> environment =
        Map.of("AWS_ENDPOINT_URL", "https://s3.example.com", "AWS_REGION", "eu-central-1");

    S3Location location = S3Location.parse("s3://evidence", environment);

    assertThat(location.endpoint()).isEqualTo(URI.create("https://s3.example.com"));
    assertThat(location.region()).isEqualTo("eu-central-1");
    assertThat(location.pathStyle()).isTrue();
    assertThat(location.prefix()).isEmpty();
    assertThat(S3Location.parse("s3://evidence", Map.of()).pathStyle()).isFalse();
    assertThat(S3Location.parse("s3://evidence", Map.of()).region()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://",
        "s3://Evidence",
        "s3://key:secret@evidence/whorl",
        "s3://evidence//whorl",
        "s3://evidence/../whorl",
        "s3://evidence?bucket=x",
        "s3://evidence?region",
        "s3://evidence?endpoint=ftp://host",
        "s3://evidence?endpoint=http://key:secret@host",
        "s3://evidence?sse=rot13",
        "s3://evidence?sse=AES256&kms-key=x",
        "s3://evidence?path-style=yes"
      })
  void whatIsWrong_isRefused_withoutRepeatingIt(String text) {
    assertThatThrownBy(() -> S3Location.parse(text, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void objects_areReadWithTheirCache() {
    List<String> problems = new ArrayList<>();

    assertThat(ObjectsOptions.NONE.read(Path.of("data"), problems))
        .isEqualTo(new ObjectsPlace.Data());
    assertThat(new ObjectsOptions("/mnt/objects", null, "2GiB").read(Path.of("data"), problems))
        .isEqualTo(
            new ObjectsPlace.Shared(
                Path.of("/mnt/objects"), null, Path.of("data/cache"), 2L << 30));
    assertThat(problems).isEmpty();

    new ObjectsOptions("s3://X", null, "2GiB").read(Path.of("data"), problems);
    new ObjectsOptions("http://host/bucket", null, "2GiB").read(Path.of("data"), problems);
    new ObjectsOptions("/mnt/objects", null, "much").read(Path.of("data"), problems);
    new ObjectsOptions(null, Path.of("cache"), "2GiB").read(Path.of("data"), problems);
    assertThat(problems)
        .hasSize(4)
        .allMatch(each -> each.startsWith("--objects: ") || each.startsWith("--cache"));
  }
}
