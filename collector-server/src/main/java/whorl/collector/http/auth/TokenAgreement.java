package whorl.collector.http.auth;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.access.TokenFileLedger;

/**
 * Compares what the collectors have read as their tokens files: if they differ, a token is valid at
 * some collectors only, and so are the sessions that were opened with it.
 */
public final class TokenAgreement {
  private static final Logger LOG = LoggerFactory.getLogger(TokenAgreement.class);

  private final Tokens tokens;
  private final TokenFileLedger ledger;
  private final String collector;
  private List<String> reported = List.of();

  /**
   * @param collector the name of this one; no two may have the same
   */
  public TokenAgreement(Tokens tokens, TokenFileLedger ledger, String collector) {
    this.tokens = tokens;
    this.ledger = ledger;
    this.collector = collector;
  }

  /**
   * Compares the files; to be called every minute. Logs a difference once, at WARN, with the names
   * of the collectors that have other tokens.
   *
   * @return the names of those collectors
   */
  public synchronized List<String> check() throws IOException {
    List<String> others = ledger.others(collector, tokens.digest());
    if (!others.isEmpty() && !others.equals(reported)) {
      LOG.warn(
          "the tokens file of this collector ({}) differs from that of {}: tokens and sessions are"
              + " not valid everywhere; give all collectors the same file, such as one secret",
          collector,
          String.join(", ", others));
    } else if (others.isEmpty() && !reported.isEmpty()) {
      LOG.info("all collectors have the same tokens again");
    }
    reported = others;
    return others;
  }
}
