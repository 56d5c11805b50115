package whorl.collector.wiring.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.RecordsPlace;
import whorl.collector.store.database.PostgresAddress;

class RecordsPasswordTest {
  @TempDir private Path folder;

  @Test
  void passwordFile_isReadEachTime() throws IOException {
    Path file = folder.resolve("password");
    PostgresAddress.Password password =
        Objects.requireNonNull(
            RecordsWiring.address(
                    new RecordsPlace.Postgres("jdbc:postgresql://db/whorl", "whorl", null, file))
                .password());

    assertThatThrownBy(password::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exist");
    Files.writeString(file, "first\n");
    assertThat(password.read()).isEqualTo("first");
    Files.writeString(file, "second\n");
    assertThat(password.read()).isEqualTo("second");
  }
}
