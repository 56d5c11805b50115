package whorl.collector.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsOptionsTest {
  private static final String URL = "jdbc:postgresql://db:5432/whorl?password=secret-1";
  private final List<String> problems = new ArrayList<>();

  @Test
  void withoutAPlace_recordsAreInTheDataFolder() {
    assertThat(read(null, Map.of())).isEqualTo(new RecordsPlace.Folder(Path.of("data")));
    assertThat(read("other", Map.of())).isEqualTo(new RecordsPlace.Folder(Path.of("other")));
    assertThat(problems).isEmpty();
  }

  @Test
  void postgres_takesUserAndPasswordFromTheEnvironment() {
    assertThat(
            read(URL, Map.of("WHORL_RECORDS_USER", "w", "WHORL_RECORDS_PASSWORD_FILE", "/run/pw")))
        .isEqualTo(new RecordsPlace.Postgres(URL, "w", null, Path.of("/run/pw")));
    assertThat(read(URL, Map.of("WHORL_RECORDS_PASSWORD", "secret-2", "WHORL_RECORDS_USER", "")))
        .isEqualTo(new RecordsPlace.Postgres(URL, null, "secret-2", null));
    assertThat(problems).isEmpty();
  }

  @Test
  void secrets_areNeverShown() {
    RecordsOptions options = RecordsOptions.of(URL, Map.of("WHORL_RECORDS_PASSWORD", "secret-2"));
    assertThat(options + " " + options.read(Path.of("data"), problems))
        .doesNotContain("secret")
        .contains("PostgreSQL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"postgresql://db/whorl?password=secret-1", "jdbc:mysql://db/x?password=secret-1"})
  void otherAddress_isRefused_andNotRepeated(String address) {
    read(address, Map.of());
    assertThat(problems).singleElement().asString().contains("jdbc:postgresql://host");
    assertThat(problems.toString()).doesNotContain("secret-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://whorl:secret-1@db.example:5432/whorl?sslmode=verify-full",
        "jdbc:postgresql://whorl:secret-1@db/whorl",
        "jdbc:postgresql://whorl:secret-1/2@db/whorl",
        "jdbc:postgresql://whorl:secret-1?2@db/whorl?sslmode=require",
        "jdbc:postgresql://whorl:secret-1=@db/whorl?sslmode=require"
      })
  void userAndPasswordBeforeTheHost_areRefused_andNotRepeated(String address) {
    read(address, Map.of());
    assertThat(problems).singleElement().asString().contains("WHORL_RECORDS_PASSWORD_FILE");
    assertThat(problems.toString()).doesNotContain("secret-1");
  }

  @Test
  void anAtInAParameter_isNoUserBeforeTheHost() {
    read("jdbc:postgresql://db/whorl?user=whorl@server&password=a@b", Map.of());
    assertThat(problems).isEmpty();
  }

  @Test
  void secretsThatDoNotBelong_areRefused() {
    read(URL, Map.of("WHORL_RECORDS_PASSWORD", "a", "WHORL_RECORDS_PASSWORD_FILE", "b"));
    read(null, Map.of("WHORL_RECORDS_USER", "w"));
    assertThat(problems)
        .containsExactly(
            "WHORL_RECORDS_PASSWORD and WHORL_RECORDS_PASSWORD_FILE: give one of them",
            "WHORL_RECORDS_USER: there is no database for it; give --records"
                + " jdbc:postgresql://host:5432/database");
  }

  private RecordsPlace read(@Nullable String place, Map<String, String> environment) {
    return RecordsOptions.of(place, environment).read(Path.of("data"), problems);
  }
}
