package whorl.collector.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;

class TokensTest {
  @TempDir private Path folder;

  @Test
  void make_writesOneTokenPerRole_readableByTheOwnerOnly() throws IOException {
    Path file = folder.resolve("tokens");
    Tokens.Made made = Tokens.make(file, new SecureRandom());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).contains("agent ", "alert ", "viewer ", "admin ");
    Principal principal = Tokens.read(file).principalOf(made.responder());
    assertThat(principal).isNotNull();
    assertThat(principal.role()).isEqualTo(Role.RESPONDER);
    assertThat(principal.name()).matches("responder-[0-9a-f]{8}");
  }

  @Test
  void make_overAnExistingFile_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), "precious");
    assertThatThrownBy(() -> Tokens.make(file, new SecureRandom()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(file)).isEqualTo("precious");
  }

  @Test
  void read_badLines_areListedByNumber_withoutTokens() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tokens"),
            """
            # a comment

            viewer good-token-0123456789
            emperor secret-token-0123456789
            viewer secret
            viewer
            viewer secret-token-0123456789 extra
            viewer secret-token-üüüüüüüüüü
            admin good-token-0123456789
            """);
    assertThatThrownBy(() -> Tokens.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 4: not a role")
        .hasMessageContaining("line 5: a token has 16 to 512 characters")
        .hasMessageContaining("line 6: not of the form")
        .hasMessageContaining("line 7: not of the form")
        .hasMessageContaining("line 8: a token is made of")
        .hasMessageContaining("line 9: the same token")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("good-token");
  }

  @Test
  void read_templateOfTheManifests_isRefused_becauseEverybodyKnowsItsTokens() throws IOException {
    String template =
        Files.readString(Path.of("../samples/kubernetes/collector-secrets.template.yaml"));
    int begin = template.indexOf("tokens: |\n") + "tokens: |\n".length();
    Path file = Files.writeString(folder.resolve("tokens"), template.substring(begin));

    assertThatThrownBy(() -> Tokens.read(file))
        .hasMessageContaining("line 1: a token is made of")
        .hasMessageContaining("line 5: a token is made of");
  }

  @Test
  void tokenOfAnAgent_mayBeBoundToServices() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tokens"),
            "agent shared-token-01234567\nagent bound-token-01234567 shop,orders\n"
                + "agent renewed-token-01234567 orders,shop");
    Tokens tokens = Tokens.read(file);
    Principal bound = tokens.principalOf("bound-token-01234567");
    Principal renewed = tokens.principalOf("renewed-token-01234567");
    assertThat(bound.role()).isEqualTo(Role.AGENT);
    assertThat(bound.proof().services()).containsExactlyInAnyOrder("shop", "orders");
    assertThat(renewed.proof().identity()).isEqualTo(bound.proof().identity());
    assertThat(tokens.principalOf("shared-token-01234567").proof().isShared()).isTrue();
    assertThat(tokens.hasSharedAgentToken()).isTrue();

    String added = Tokens.add(file, "bank", new SecureRandom());
    assertThat(tokens.reload()).isTrue();
    assertThat(tokens.principalOf(added).proof().services()).containsExactly("bank");
    assertThat(tokens.principalOf("renewed-token-01234567")).isNotNull();
    String before = Files.readString(file);
    assertThatThrownBy(() -> Tokens.add(file, "a b", new SecureRandom()))
        .hasMessageContaining("line 5: not of the form");
    assertThatThrownBy(() -> Tokens.add(file, "a,,b", new SecureRandom()))
        .hasMessageContaining("agent token SERVICE,SERVICE");
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void collectorsWithOtherServicesOfAToken_haveOtherFiles() throws IOException {
    Path one = Files.writeString(folder.resolve("one"), "agent bound-token-01234567 shop\n");
    Path other = Files.writeString(folder.resolve("other"), "agent bound-token-01234567 bank\n");
    assertThat(Tokens.read(one).digest()).isNotEqualTo(Tokens.read(other).digest());
    assertThat(Tokens.read(one).hasSharedAgentToken()).isFalse();
  }

  @Test
  void read_missingOrEmptyFile_namesTheProblem() throws IOException {
    Path empty = Files.writeString(folder.resolve("tokens"), "# nothing\n");
    assertThatThrownBy(() -> Tokens.read(empty)).hasMessageContaining("no line of the form");
    assertThatThrownBy(() -> Tokens.read(folder.resolve("absent")))
        .hasMessageContaining("no tokens file");
  }

  @Test
  void principalOf_unknownToken_isNull() throws IOException {
    Tokens tokens =
        Tokens.read(Files.writeString(folder.resolve("tokens"), "admin admin-token-01234567\n"));
    assertThat(tokens.principalOf("admin-token-01234567")).isNotNull();
    assertThat(tokens.principalOf("admin-token-0123456")).isNull();
    assertThat(tokens.principalOf("")).isNull();
  }

  @Test
  void reload_acceptsNewTokens_andRejectsRemovedOnes() throws Exception {
    Path file = folder.resolve("reloaded");
    Files.writeString(file, "viewer viewer-0123456789\nadmin admin-0123456789\n");
    Tokens tokens = Tokens.read(file);
    Principal admin = tokens.principalOf("admin-0123456789");
    assertThat(tokens.reload()).isFalse();

    Files.writeString(file, "viewer viewer-0123456789\nviewer another-0123456789\n");
    assertThat(tokens.reload()).isTrue();

    assertThat(tokens.principalOf("admin-0123456789")).isNull();
    assertThat(tokens.knows(admin)).isFalse();
    assertThat(tokens.principalOf("another-0123456789")).isNotNull();

    Files.writeString(file, "admin\n");
    assertThatThrownBy(tokens::reload).isInstanceOf(IOException.class);
    assertThat(tokens.principalOf("viewer-0123456789")).as("the old tokens stay valid").isNotNull();
  }
}
