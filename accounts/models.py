from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    def create_user(self, email: str, name: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person who signs in. What he or she may do follows from appointments, never from flags here."""

    email = models.EmailField(unique=True)
    name = models.CharField("full name", max_length=120)
    phone = models.CharField("phone number", max_length=30, blank=True)
    reminders = models.BooleanField("reminder e-mails", default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name


class Submission(models.Model):
    """A form that this person sent and where it led, kept for a day: sent again, it leads there and does nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    location = models.CharField(max_length=2000)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_effect_per_submission")]
