package io.sluice.mqtt.auth.password;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The users of a password file, and what unknown ones are held against. Immutable. */
public final class PasswordUsers {

    /** Nobody: refuses everybody. */
    public static final PasswordUsers NONE = of(List.of());

    private final Map<String, PasswordUser> byName;
    private final PasswordHash decoy;

    private PasswordUsers(Map<String, PasswordUser> byName, PasswordHash decoy) {
        this.byName = byName;
        this.decoy = decoy;
    }

    /** @param users each name once */
    public static PasswordUsers of(Collection<PasswordUser> users) {
        Map<String, PasswordUser> byName = new HashMap<>();
        for (PasswordUser user : users) {
            if (byName.put(user.name(), user) != null) {
                throw new IllegalArgumentException("user \"" + user.name() + "\" twice");
            }
        }
        return new PasswordUsers(Map.copyOf(byName), mostCommon(users));
    }

    /** A hash like most of these: an unknown user takes as long as most known ones. */
    private static PasswordHash mostCommon(Collection<PasswordUser> users) {
        Map<String, Integer> counts = new HashMap<>();
        users.forEach(user -> counts.merge(user.hash().cost(), 1, Integer::sum));
        return users.stream()
                .map(PasswordUser::hash)
                .max(Comparator.comparingInt(hash -> counts.getOrDefault(hash.cost(), 0)))
                .map(PasswordHash::decoy)
                .orElseGet(() -> PasswordHasher.DEFAULT.hash(PasswordHasher.random(32)));
    }

    public @Nullable PasswordUser find(String name) {
        return byName.get(name);
    }

    /** What the password of an unknown user is compared with: matches nothing. */
    PasswordHash decoy() {
        return decoy;
    }

    Collection<PasswordUser> all() {
        return byName.values();
    }

    public int size() {
        return byName.size();
    }
}
