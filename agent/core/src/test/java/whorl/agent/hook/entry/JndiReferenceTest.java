package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javax.naming.CompositeName;
import javax.naming.InvalidNameException;
import javax.naming.Reference;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.junit.jupiter.api.Test;

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

  @Test
  void reference_whoseGettersAreOverridden_isReadFromItsFields() {
    // The package is open only if the hook opened it; otherwise there is no value, and no call.
    JndiReference reference = JndiReference.of(new LyingReference());

    assertThat(reference).isNotNull();
    assertThat(reference.factory()).isIn(null, "evil.Factory");
  }
}
