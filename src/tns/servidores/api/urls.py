from rest_framework.routers import SimpleRouter

from tns.servidores.api.views import ServidorViewSet

router = SimpleRouter()
router.register("servidores", ServidorViewSet, basename="servidor")
urlpatterns = router.urls
