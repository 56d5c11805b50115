package whorl.collector.http.auth;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Request;

/** Opens sessions of the page for people whom an identity provider named. Thread-safe. */
public final class SessionOpener {
  private final Sessions sessions;
  private final LoginRecord record;
  private final boolean secure;
  private volatile Listener listener = person -> {};

  /** Learns of logins. */
  @FunctionalInterface
  public interface Listener {
    /** This person logs in, and is in the groups that it says. */
    void loggedIn(Person person) throws IOException;
  }

  /**
   * @param secure true if people open the page over TLS; then the cookie is sent over TLS only
   */
  public SessionOpener(PageAccess access, boolean secure) {
    this.sessions = access.sessions();
    this.record = access.record();
    this.secure = secure;
  }

  /** True if people open the page over TLS. */
  public boolean secure() {
    return secure;
  }

  /** From now on, this one learns of logins. */
  public void setListener(Listener listener) {
    this.listener = listener;
  }

  /**
   * Ends the session that the browser has, and begins one.
   *
   * @param providerSession the session at the provider; null if it is not known
   * @return the {@code Set-Cookie} header
   */
  public String open(Request request, Principal principal, @Nullable String providerSession)
      throws IOException {
    String before = SessionCookie.id(request.header("Cookie"));
    if (before != null) {
      sessions.end(before);
    }
    Person person = principal.person();
    if (person != null) {
      listener.loggedIn(person);
    }
    String cookie = SessionCookie.set(sessions.open(principal, providerSession).id(), secure);
    record.loggedIn(principal, request.remoteAddress());
    return cookie;
  }

  /**
   * Ends sessions because the provider says so.
   *
   * @param subject null for any
   * @param providerSession null for all of the subject's
   * @return how many
   */
  public int end(String issuer, @Nullable String subject, @Nullable String providerSession)
      throws IOException {
    return sessions.endOf(issuer, subject, providerSession);
  }
}
