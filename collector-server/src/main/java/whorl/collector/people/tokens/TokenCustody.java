package whorl.collector.people.tokens;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.access.ApiToken;
import whorl.collector.store.access.Part;
import whorl.evidence.Text;

/** Records in custody who made and revoked API tokens, because they open evidence. */
public final class TokenCustody implements TokenChanges {
  private static final int SHOWN_MAX_CHARS = 1_000;

  private final CustodyLog custody;

  public TokenCustody(CustodyLog custody) {
    this.custody = custody;
  }

  @Override
  public void made(ApiToken token, String by, String remoteAddress) throws IOException {
    Part part = token.terms().part();
    Map<String, String> detail = detail(token, remoteAddress);
    detail.put("role", token.terms().role());
    detail.put("namespaces", shown(new TreeSet<>(part.namespaces())));
    detail.put("services", shown(new TreeSet<>(part.services())));
    detail.put("labels", shown(new TreeMap<>(part.labels())));
    detail.put("expires", token.expires().toString());
    custody.append(CustodyAction.TOKENS_CHANGED, null, by, detail);
  }

  @Override
  public void revoked(ApiToken token, String by, String remoteAddress) throws IOException {
    Map<String, String> detail = detail(token, remoteAddress);
    detail.put("revoked", "true");
    custody.append(CustodyAction.TOKENS_CHANGED, null, by, detail);
  }

  private static Map<String, String> detail(ApiToken token, String remoteAddress) {
    Map<String, String> detail = new TreeMap<>();
    detail.put("token", token.id().value());
    detail.put("name", token.terms().name());
    detail.put("maker", token.terms().maker().name());
    detail.put("from", remoteAddress);
    return detail;
  }

  /** What is too long is cut, so that the entry can be written. */
  private static String shown(Object values) {
    String text = values.toString();
    return Text.atMost(text, SHOWN_MAX_CHARS);
  }
}
