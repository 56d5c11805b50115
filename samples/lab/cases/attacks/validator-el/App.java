import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import javax.validation.Constraint;
import javax.validation.ConstraintValidator;
import javax.validation.ConstraintValidatorContext;
import javax.validation.Payload;
import javax.validation.Validation;
import javax.validation.Validator;
import whorl.lab.app.Web;

/** Checks names of clients. */
public class App {
  @Retention(RetentionPolicy.RUNTIME)
  @Constraint(validatedBy = NameValidator.class)
  public @interface Name {
    String message() default "bad";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
  }

  /** Says which name is bad. */
  public static class NameValidator implements ConstraintValidator<Name, String> {
    @Override
    public boolean isValid(String value, ConstraintValidatorContext context) {
      context.disableDefaultConstraintViolation();
      context.buildConstraintViolationWithTemplate("bad: " + value).addConstraintViolation();
      return false;
    }
  }

  /** What is checked. */
  public static class Client {
    @Name public String name;
  }

  public static void main(String[] args) throws Exception {
    Validator validator = Validation.buildDefaultValidatorFactory().getValidator();
    Web.create()
        .on(
            "/check",
            request -> {
              Client client = new Client();
              client.name = request.getParameter("q");
              return validator.validate(client);
            })
        .start();
  }
}
