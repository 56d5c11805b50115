package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.rmi.RemoteException;
import java.util.List;
import java.util.function.Function;
import javax.naming.CompositeName;
import javax.naming.InvalidNameException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.xml.stream.FactoryConfigurationError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xml.sax.SAXException;

/**
 * For the JDK's own names and references their text is read; no method of an application's is
 * called.
 */
class JndiReferenceTest {
  private static final class LyingName extends CompositeName {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      throw new AssertionError("a method of the application was called");
    }
  }

  private static final class LyingPart extends Rdn {
    private static final long serialVersionUID = 1;

    LyingPart() throws InvalidNameException {
      super("cn=x");
    }

    @Override
    public String toString() {
      throw new AssertionError("a method of the application was called");
    }
  }

  private static final class LyingReference extends Reference {
    private static final long serialVersionUID = 1;

    LyingReference() {
      super("java.lang.String", "evil.Factory", "http://evil/");
    }

    @Override
    public String getFactoryClassName() {
      throw new AssertionError("a method of the application was called");
    }
  }

  @Test
  void name_ofTheJdk_isItsText() throws Exception {
    assertThat(JndiReference.name("ldap://h/x")).isEqualTo("ldap://h/x");
    assertThat(JndiReference.name(new CompositeName().add("ldap://h/x"))).isEqualTo("ldap://h/x");
    assertThat(JndiReference.name(new CompositeName("a/b"))).isEqualTo("a/b");
    assertThat(JndiReference.name(new LdapName("cn=x,dc=y"))).isEqualTo("cn=x,dc=y");
  }

  @Test
  void name_ofAnApplicationsClass_isNotCalled() throws Exception {
    assertThat(JndiReference.name(new LyingName())).isNull();
    assertThat(JndiReference.name(new LdapName(List.of(new LyingPart())))).isNull();
  }

  private static final class LyingCause extends Exception {
    private static final long serialVersionUID = 1;

    private boolean wrapped;

    @Override
    public String getMessage() {
      throw new AssertionError("a method of the application was called");
    }

    /** The constructor of an exception may ask for it. */
    @Override
    public @Nullable String toString() {
      if (wrapped) {
        throw new AssertionError("a method of the application was called");
      }
      return null;
    }
  }

  private static String failureOf(Function<LyingCause, Throwable> wrapping) {
    LyingCause cause = new LyingCause();
    Throwable failure = wrapping.apply(cause);
    cause.wrapped = true;
    return JndiReference.failure(failure);
  }

  @Test
  void failure_ofTheJdk_hasItsMessage() {
    assertThat(JndiReference.failure(new NameNotFoundException("no such name")))
        .isEqualTo("javax.naming.NameNotFoundException: no such name");
    assertThat(JndiReference.failure(new IllegalStateException("closed")))
        .isEqualTo("java.lang.IllegalStateException: closed");
    assertThat(JndiReference.failure(new NamingException()))
        .isEqualTo("javax.naming.NamingException");
  }

  @Test
  void failure_thatAsksItsCause_isOnlyNamed() {
    assertThat(failureOf(cause -> new RemoteException("gone", cause)))
        .isEqualTo("java.rmi.RemoteException");
    assertThat(failureOf(SAXException::new)).isEqualTo("org.xml.sax.SAXException");
    assertThat(failureOf(FactoryConfigurationError::new))
        .isEqualTo("javax.xml.stream.FactoryConfigurationError");
  }

  @Test
  void reference_whoseGettersAreOverridden_isReadFromItsFields() {
    // The package is open only if the hook opened it; otherwise there is no value, and no call.
    JndiReference reference = JndiReference.of(new LyingReference());

    assertThat(reference).isNotNull();
    assertThat(reference.factory()).isIn(null, "evil.Factory");
  }
}
