package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.TokenFileLedger;
import whorl.collector.testkit.EachEngine;

class TokenAgreementTest extends EachEngine {
  private static final String VIEWER = "viewer viewer-token-0123456789\n";
  private static final String ADMIN = "admin admin-token-0123456789\n";

  private Tokens tokens(String name, String lines) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, lines);
    return Tokens.read(file);
  }

  @Test
  void collectorsWithOtherTokens_areNamed() throws IOException {
    Tokens first = tokens("first", VIEWER + ADMIN);
    TokenAgreement here =
        new TokenAgreement(first, new TokenFileLedger(one, ledgerTime), "collector-1");
    TokenAgreement same =
        new TokenAgreement(
            tokens("same", "# another order\n" + ADMIN + VIEWER),
            new TokenFileLedger(other, ledgerTime),
            "collector-2");
    TokenAgreement differs =
        new TokenAgreement(
            tokens("differs", VIEWER), new TokenFileLedger(other, ledgerTime), "collector-3");

    assertThat(here.check()).isEmpty();
    assertThat(same.check()).isEmpty();
    assertThat(differs.check()).containsExactly("collector-1", "collector-2");
    assertThat(here.check()).containsExactly("collector-3");

    time.pass(TokenFileLedger.LIVES.minus(Duration.ofSeconds(1)));
    assertThat(here.check()).containsExactly("collector-3");
    time.pass(Duration.ofSeconds(1));
    assertThat(here.check()).as("it has ended").isEmpty();
  }

  @Test
  void records_haveNoToken() throws IOException {
    new TokenAgreement(
            tokens("tokens", VIEWER), new TokenFileLedger(one, ledgerTime), "collector-1")
        .check();

    assertThat(one.query("SELECT sha256 FROM token_files", row -> row.getString(1)))
        .singleElement()
        .asString()
        .matches("[0-9a-f]{64}");
  }
}
