package dev.attune.spring.live;

import java.lang.ref.WeakReference;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Knows the fields and one-parameter methods that were injected with {@code @Value("${…}")}, and sets them again.
 * Constructor parameters and final fields keep what they were given. Every value of a state is resolved and converted
 * before the first is set. Safe to share between threads; values are set by the thread that applies a release, so a
 * field that other threads read is best declared volatile.
 */
public final class LiveValues implements BeanPostProcessor {
    private final ConfigurableListableBeanFactory factory;
    private final Map<Class<?>, List<Injected>> byType = new ConcurrentHashMap<>();
    private final Queue<Point> points = new ConcurrentLinkedQueue<>();

    /** A place in a class, and how its value is resolved. */
    private record Injected(@Nullable Field field, @Nullable Method method) {
        DependencyDescriptor descriptor() {
            if (field != null) return new DependencyDescriptor(field, true);
            return new DependencyDescriptor(new MethodParameter(Objects.requireNonNull(method), 0), true);
        }

        String place() {
            return field != null
                    ? field.getName()
                    : Objects.requireNonNull(method).getName() + "(…)";
        }
    }

    /** The same of one bean, and the value it has. */
    private static final class Point {
        private final WeakReference<Object> bean;
        private final String beanName;
        private final Injected injected;
        private volatile @Nullable Object last;

        Point(Object bean, String beanName, Injected injected) {
            this.bean = new WeakReference<>(bean);
            this.beanName = beanName;
            this.injected = injected;
        }
    }

    /** A value that is ready to be set. */
    static final class Pending {
        private final Point point;
        private final @Nullable Object value;

        private Pending(Point point, @Nullable Object value) {
            this.point = point;
            this.value = value;
        }

        void set() {
            Object bean = point.bean.get();
            if (bean == null) return;
            try {
                if (point.injected.field != null) point.injected.field.set(bean, value);
                else Objects.requireNonNull(point.injected.method).invoke(bean, value);
                point.last = value;
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(
                        point.beanName + "." + point.injected.place() + " failed", e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(point.beanName + "." + point.injected.place() + " is closed", e);
            }
        }
    }

    public LiveValues(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        for (Injected each : byType.computeIfAbsent(bean.getClass(), LiveValues::find)) {
            Point point = new Point(bean, beanName, each);
            Field field = each.field();
            // A method's value is not known: it is called once more at the first release that is applied.
            if (field != null) point.last = ReflectionUtils.getField(field, bean);
            points.add(point);
        }
        return bean;
    }

    private static List<Injected> find(Class<?> type) {
        if (type.getName().startsWith("org.springframework.") || type.getName().startsWith("java.")) return List.of();
        List<Injected> found = new ArrayList<>();
        ReflectionUtils.doWithFields(type, field -> {
            if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) return;
            if (!isLive(field)) return;
            field.setAccessible(true);
            found.add(new Injected(field, null));
        });
        ReflectionUtils.doWithMethods(type, method -> {
            if (Modifier.isStatic(method.getModifiers()) || method.getParameterCount() != 1 || method.isBridge())
                return;
            boolean onParameter =
                    AnnotatedElementUtils.hasAnnotation(method, Autowired.class) && isLive(method.getParameters()[0]);
            if (!onParameter && !isLive(method)) return;
            method.setAccessible(true);
            found.add(new Injected(null, method));
        });
        return List.copyOf(found);
    }

    private static boolean isLive(AnnotatedElement element) {
        Value value = AnnotatedElementUtils.findMergedAnnotation(element, Value.class);
        return value != null && value.value().contains("${");
    }

    /** How many places follow. */
    int size() {
        return points.size();
    }

    /**
     * Resolves every value by the environment that the present thread sees. Fails with
     * {@link IllegalArgumentException} that names the place when one cannot be.
     */
    List<Pending> resolve() {
        points.removeIf(each -> each.bean.get() == null);
        List<Pending> pending = new ArrayList<>();
        for (Point each : points) {
            Object value;
            try {
                value = factory.resolveDependency(each.injected.descriptor(), each.beanName);
            } catch (RuntimeException e) {
                IllegalArgumentException unfit = new IllegalArgumentException(
                        "@Value of " + each.beanName + "." + each.injected.place() + ": " + Reasons.of(e));
                unfit.addSuppressed(e);
                throw unfit;
            }
            if (!Objects.deepEquals(value, each.last)) pending.add(new Pending(each, value));
        }
        return pending;
    }
}
