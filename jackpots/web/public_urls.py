"""The pages of jackpots that are open to everybody."""

from django.urls import path

from jackpots.web import verify

urlpatterns = [
    path("verify/", verify.VerifyHome.as_view(), name="verify"),
    path("verify/potluck_verify.py", verify.VerifyScript.as_view(), name="verify_script"),
    path("verify/<uuid:instance_id>/", verify.VerifyInstance.as_view(), name="verify_instance"),
    path("verify/<uuid:instance_id>/rounds/<int:number>/", verify.VerifyRound.as_view(), name="verify_round"),
    path("verify/<uuid:instance_id>/<slug:pot>/<int:cycle>/", verify.VerifyCycle.as_view(), name="verify_cycle"),
]
